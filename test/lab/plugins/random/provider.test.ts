import { expect } from "chai";

import { randomProvider } from "../../../../lab/plugins/random/provider.ts";
import type { PropertyMap } from "../../../../lab/plugins/rpc/property.ts";
import { containsSecret, isSecret, secret, toJson, Unknown } from "../../../../lab/plugins/rpc/property.ts";
import type { Call, DiffResponse, Subject } from "../../../../lab/plugins/rpc/provider.ts";
import { urnOf } from "../plugin-client.ts";

const call = {} as Call;
const tokens = {
  bytes: "random:index/randomBytes:RandomBytes",
  id: "random:index/randomId:RandomId",
  password: "random:index/randomPassword:RandomPassword",
  string: "random:index/randomString:RandomString",
  uuid: "random:index/randomUuid:RandomUuid",
};
const subject = (type: string): Subject => ({ type, name: "it", urn: urnOf(type, "it") });
const create = async (type: string, properties: PropertyMap, preview = false) =>
  randomProvider.create!({ ...subject(type), properties, preview, timeoutSeconds: undefined }, call);
const diff = (type: string, olds: PropertyMap, news: PropertyMap) =>
  randomProvider.diff!({ ...subject(type), id: "x", olds, news, oldInputs: {} }, call) as DiffResponse;

describe("the random stand-in", () => {
  // Source of the shapes: the state files among pulumi-random's upgrade tests.
  it("writes a RandomPassword's state as the official plugin does: defaults, both digit names, marks, id none", async () => {
    const { id, properties } = await create(tokens.password, { length: 16, minLower: 2 });
    expect(id).to.equal("none");
    const { result, bcryptHash, ...rest } = properties;
    expect(isSecret(result) && isSecret(bcryptHash)).to.equal(true);
    expect(rest).to.deep.equal({
      __meta: '{"schema_version":"3"}',
      id: "none",
      length: 16,
      lower: true,
      minLower: 2,
      minNumeric: 0,
      minSpecial: 0,
      minUpper: 0,
      number: true,
      numeric: true,
      special: true,
      upper: true,
    });
  });

  it("uses a RandomString's text as its id, in clear", async () => {
    const { id, properties } = await create(tokens.string, { length: 8 });
    expect(properties.result).to.equal(id);
    expect(properties.__meta).to.equal('{"schema_version":"2"}');
    expect(containsSecret(properties)).to.equal(false);
  });

  it("spells a RandomId in four ways after its prefix, and its id without", async () => {
    const { id, properties } = await create(tokens.id, { byteLength: 8, prefix: "p-" });
    const bytes = Buffer.from(id, "base64url");
    expect(bytes).to.have.length(8);
    expect(properties).to.deep.equal({
      byteLength: 8,
      prefix: "p-",
      id,
      b64Url: `p-${id}`,
      b64Std: `p-${bytes.toString("base64")}`,
      hex: `p-${bytes.toString("hex")}`,
      dec: `p-${BigInt(`0x${bytes.toString("hex")}`)}`,
    });
  });

  it("keeps both spellings of RandomBytes secret", async () => {
    const { id, properties } = await create(tokens.bytes, { length: 32 });
    expect(isSecret(properties.base64) && isSecret(properties.hex)).to.equal(true);
    expect(toJson(properties)).to.deep.equal({
      length: 32,
      base64: id,
      hex: Buffer.from(id, "base64").toString("hex"),
    });
  });

  it("draws nothing in a preview: outputs are unknown, settings known", async () => {
    const { id, properties } = await create(tokens.uuid, { keepers: { a: "b" } }, true);
    expect(id).to.equal("");
    expect(properties).to.deep.equal({ keepers: { a: "b" }, result: new Unknown(), id: new Unknown() });
  });

  it("shows no change for its own state and the inputs that made it", async () => {
    for (const [type, inputs] of [
      [tokens.password, { length: 12, keepers: { a: "b" } }],
      [tokens.string, { length: 12, number: false }],
      [tokens.id, { byteLength: 4 }],
      [tokens.bytes, { length: 4 }],
      [tokens.uuid, {}],
    ] as const) {
      const { properties } = await create(type, inputs);
      expect(diff(type, properties, inputs)).to.deep.equal({ changes: false, detailedDiff: {} });
    }
  });

  it("shows no change for state that the official plugin wrote with explicit defaults", () => {
    const official = {
      __meta: '{"schema_version":"2"}',
      id: "abcdEFGH01234567",
      length: 16,
      lower: true,
      minLower: 0,
      minNumeric: 0,
      minSpecial: 0,
      minUpper: 0,
      number: true,
      numeric: true,
      result: "abcdEFGH01234567",
      special: false,
      upper: true,
    };
    expect(diff(tokens.string, official, { length: 16, special: false }).changes).to.equal(false);
  });

  it("replaces for every changed setting and every changed keeper", async () => {
    const inputs = { length: 12, keepers: { a: "b" }, overrideSpecial: "!" };
    const { properties } = await create(tokens.password, inputs);
    const replaced = (news: PropertyMap) => diff(tokens.password, properties, { ...inputs, ...news }).detailedDiff;
    expect(replaced({ length: 13 })).to.deep.equal({ length: { kind: "update-replace" } });
    expect(replaced({ special: false })).to.deep.equal({ special: { kind: "update-replace" } });
    expect(replaced({ keepers: { a: "c" } })).to.deep.equal({ keepers: { kind: "update-replace" } });
    expect(replaced({ keepers: { a: new Unknown() } })).to.deep.equal({ keepers: { kind: "update-replace" } });
    expect(diff(tokens.password, properties, { length: 12, keepers: { a: "b" } }).detailedDiff).to.deep.equal({
      overrideSpecial: { kind: "delete-replace" },
    });
  });

  it("only updates when an empty overrideSpecial goes, and keeps the value then", async () => {
    const { properties } = await create(tokens.string, { length: 12, overrideSpecial: "" });
    expect(diff(tokens.string, properties, { length: 12 }).detailedDiff).to.deep.equal({
      overrideSpecial: { kind: "delete" },
    });
    const updated = await randomProvider.update!(
      {
        ...subject(tokens.string),
        id: "x",
        olds: properties,
        news: { length: 12 },
        oldInputs: {},
        preview: false,
        timeoutSeconds: undefined,
      },
      call,
    );
    const { overrideSpecial, ...rest } = properties;
    expect(overrideSpecial).to.equal("");
    expect(updated.properties).to.deep.equal(rest);
  });

  it("adopts existing values on import", async () => {
    const read = (type: string, id: string) =>
      randomProvider.read!({ ...subject(type), id, properties: {}, inputs: {} }, call);
    const password = await read(tokens.password, "s3cret!");
    expect(password.id).to.equal("none");
    expect(password.inputs).to.deep.equal({ length: 7 });
    expect(password.properties.result).to.deep.equal(secret("s3cret!"));
    const named = await read(tokens.id, "p-,AQIDBAUGBwg");
    expect(named.id).to.equal("AQIDBAUGBwg");
    expect(named.properties).to.include({ dec: "p-72623859790382856", hex: "p-0102030405060708", byteLength: 8 });
  });

  it("says what it has when asked for a type that it lacks", async () => {
    const message = await create("random:index/randomPet:RandomPet", {}).then(String, String);
    expect(message).to.contain("stand-in").and.to.contain("RandomPassword");
  });
});
