import { inspect } from "node:util";

import { expect } from "chai";
import fc from "fast-check";

import type { PropertyMap, PropertyValue } from "../../../../lab/plugins/rpc/property.ts";
import {
  Archive,
  Asset,
  ResourceReference,
  sameValue,
  Secret,
  secret,
  toJson,
  Unknown,
} from "../../../../lab/plugins/rpc/property.ts";
import { decodeProperties, encodeProperties } from "../../../../lab/plugins/rpc/wire.ts";

// The names that JavaScript objects and protobuf's maps cannot hold are no property names either.
const key = fc.string({ unit: "grapheme" }).filter((name) => name !== "__proto__");
const { value } = fc.letrec<{ value: PropertyValue; plain: PropertyValue }>((tie) => ({
  plain: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom<PropertyValue>(null, true, false),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.string({ unit: "grapheme" }),
    fc
      .constantFrom("bool", "number", "string", "array", "asset", "archive", "object")
      .map((kind) => new Unknown(kind as never)),
    fc.string().map((text) => new Asset({ text, hash: "h" })),
    fc.string().map((path) => new Archive({ path })),
    fc.string().map((urn) => new ResourceReference({ urn })),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(key, tie("value"), { maxKeys: 4, noNullPrototype: true }),
  ),
  value: fc.oneof(
    { weight: 4, arbitrary: tie("plain") },
    { weight: 1, arbitrary: tie("plain").map((inner) => secret(inner)) },
  ),
}));
const map = fc.dictionary(key, value, { maxKeys: 5, noNullPrototype: true });

describe("property values", () => {
  it("travel through the engine's encoding unchanged, whatever they hold", () => {
    fc.assert(
      fc.property(map, (properties) => {
        expect(decodeProperties(encodeProperties(properties))).to.deep.equal(properties);
      }),
    );
  });

  it("show [secret] instead of a secret's content in JSON, text and inspection", () => {
    const holder = { password: new Secret("hunter2") };
    const shown = [JSON.stringify(holder), inspect(holder, { depth: 9 }), String(holder.password)].join();
    expect(shown).not.to.contain("hunter2");
  });

  it("become plain JSON for the outside, references by id", () => {
    const properties = { a: secret([1, secret("x")]), ref: new ResourceReference({ urn: "urn", id: "i-1" }) };
    expect(toJson(properties)).to.deep.equal({ a: [1, "x"], ref: "i-1" });
  });

  it("refuse to leave a preview while unknown", () => {
    expect(() => toJson({ a: [new Unknown()] })).to.throw("not known yet");
  });

  it("read an output value as a secret or unknown, as the engine does for providers without output values", () => {
    const sign = "4dabf18193072939515e22adb298388d";
    const output = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
    const encoded = encodeProperties({ known: { [sign]: output, value: 1, secret: true }, open: { [sign]: output } });
    expect(decodeProperties(encoded)).to.deep.equal({ known: secret(1), open: new Unknown() });
  });

  it("are refused with an unknown signature instead of being taken for an object", () => {
    const encoded = encodeProperties({ odd: { "4dabf18193072939515e22adb298388d": "something new" } });
    expect(() => decodeProperties(encoded)).to.throw("something new");
  });
});

describe("sameValue", () => {
  it("ignores secret marks and key order, and takes every known value as equal to itself", () => {
    fc.assert(
      fc.property(fc.dictionary(key, fc.jsonValue(), { noNullPrototype: true }), (json) => {
        const properties = decodeProperties(encodeProperties(json as PropertyMap));
        const reversed = Object.entries(properties).reverse();
        const marked = Object.fromEntries(reversed.map(([name, item]) => [name, secret(item)]));
        expect(sameValue(properties, marked)).to.equal(true);
      }),
    );
  });

  it("takes an unknown as different from everything, itself included", () => {
    expect(sameValue(new Unknown(), new Unknown())).to.equal(false);
  });
});
