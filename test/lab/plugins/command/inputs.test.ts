import { expect } from "chai";

import { diffInputs } from "../../../../lab/plugins/command/diff.ts";
import { checkInputs, localFields, remoteFields } from "../../../../lab/plugins/command/inputs.ts";
import { redact, secretTexts } from "../../../../lab/plugins/command/redact.ts";
import { secret, Unknown } from "../../../../lab/plugins/rpc/property.ts";

describe("inputs of commands", () => {
  it("fill in the connection's defaults and mark the connection and its credentials secret, as the official plugin does", () => {
    const { inputs, failures } = checkInputs(remoteFields, {
      create: "id",
      connection: { host: "h", password: "p", proxy: { host: "g", privateKey: "k" } },
    });
    expect(failures).to.deep.equal([]);
    const defaults = { user: "root", port: 22, dialErrorLimit: 10, perDialTimeout: 15 };
    expect(inputs).to.deep.equal({
      create: "id",
      connection: secret({
        host: "h",
        password: secret("p"),
        proxy: { host: "g", privateKey: secret("k"), ...defaults },
        ...defaults,
      }),
    });
  });

  it("are judged by path, secrets by what they hold and unknowns not at all", () => {
    const { failures } = checkInputs(remoteFields, {
      create: 1,
      stdin: secret(2),
      update: new Unknown(),
      logging: "loud",
      environment: { A: 1 },
      connection: { port: "22" },
    });
    expect(failures).to.deep.equal([
      { property: "create", reason: "must be a string" },
      { property: "stdin", reason: "must be a string" },
      { property: "logging", reason: "must be one of stdout, stderr, stdoutAndStderr, none" },
      { property: "environment", reason: "must be a map of strings to strings" },
      { property: "connection.port", reason: "must be a number" },
      { property: "connection.host", reason: "is required" },
    ]);
  });

  it("need a connection for remote commands only", () => {
    expect(checkInputs(remoteFields, {}).failures).to.deep.equal([{ property: "connection", reason: "is required" }]);
    expect(checkInputs(localFields, {}).failures).to.deep.equal([]);
  });

  it("refuse to collect files instead of leaving the outputs out", () => {
    expect(checkInputs(localFields, { assetPaths: ["*"] }).failures?.[0]?.reason).to.contain("stand-in");
  });

  it("lose nulls and fields that the resource does not have", () => {
    expect(checkInputs(localFields, { create: "x", dir: null, odd: 1 }).inputs).to.deep.equal({ create: "x" });
  });
});

describe("changes of commands", () => {
  const kinds = (olds: object, news: object) =>
    Object.fromEntries(
      Object.entries(diffInputs({ ...olds }, { ...news }).detailedDiff ?? {}).map(([path, { kind }]) => [path, kind]),
    );

  it("update for every input but the triggers, which replace", () => {
    const olds = { create: "a", environment: { A: "1", B: "2", "c.d": "3" }, triggers: ["x", "y"] };
    expect(kinds(olds, { create: "b", environment: { A: "0", C: "4" }, triggers: ["x"], stdin: "s" })).to.deep.equal({
      create: "update",
      "environment.A": "update",
      "environment.B": "delete",
      'environment["c.d"]': "delete",
      "environment.C": "add",
      "triggers[1]": "delete-replace",
      stdin: "add",
    });
    expect(kinds({}, { triggers: ["x"] })).to.deep.equal({ triggers: "add-replace" });
  });

  it("are none for equal inputs, secrets included", () => {
    const inputs = () => ({ create: secret("a"), environment: { A: secret("1") }, triggers: [1, { a: [] }] });
    expect(diffInputs(inputs(), inputs())).to.deep.equal({ changes: false, detailedDiff: {} });
  });

  it("include becoming secret, so that state does not keep the old value in clear", () => {
    expect(kinds({ environment: { A: "1" } }, { environment: { A: secret("1") } })).to.deep.equal({
      "environment.A": "update",
    });
  });

  it("include unknown values", () => {
    expect(kinds({ stdin: "a" }, { stdin: new Unknown() })).to.deep.equal({ stdin: "update" });
  });
});

describe("redaction", () => {
  it("hides every text inside a secret, whole and line by line, the longest first", () => {
    const secrets = secretTexts({
      environment: { KEY: secret("-----BEGIN\nabcdef\n"), LONG: secret({ a: ["abcdefgh"] }) },
    });
    expect(redact("x abcdefgh y abcdef z", secrets)).to.equal("x [secret] y [secret] z");
  });

  it("leaves what is not secret, and does not blank out one-letter values", () => {
    expect(redact("a plain value", secretTexts({ a: "plain", b: secret("a") }))).to.equal("a plain value");
  });
});
