import { expect } from "chai";
import { CompactEncrypt } from "jose";
import { z } from "zod";
import { Seal } from "../../../portal/sign-in/seal.ts";

const secret = Buffer.alloc(32, "sealing key");
const schema = z.object({ user: z.string() });

describe("what the portal seals for browsers", () => {
  let nowMs = Date.parse("2026-01-01T00:00:00Z");
  const seal = new Seal(secret, () => nowMs);

  it("is opened by whoever has the key, for the purpose that it was sealed for, until it is over", async () => {
    const text = await seal.seal("session", { user: "alice" }, 60);
    const other = new Seal(secret, () => nowMs);
    expect(await other.open("session", text, schema)).to.deep.equal({
      ...{ content: { user: "alice" }, issuedMs: nowMs, expiresMs: nowMs + 60_000 },
    });
    expect(await seal.open("flow", text, schema), "another purpose").to.equal(undefined);
    nowMs += 60_000;
    expect(await seal.open("session", text, schema), "over").to.equal(undefined);
  });

  it("tells nobody what is in it", async () => {
    const text = await seal.seal("session", { user: "alice@example.com" }, 60);
    const parts = text.split(".").map((part) => Buffer.from(part, "base64url").toString("latin1"));
    expect(parts.join("\n")).not.to.include("alice");
  });

  it("is not opened when a letter was changed, or somebody else's key made it", async () => {
    const text = await seal.seal("session", { user: "alice" }, 60);
    for (const at of [5, text.indexOf("..") + 4, text.length - 30, text.length - 3]) {
      const changed = text.slice(0, at) + (text[at] === "A" ? "B" : "A") + text.slice(at + 1);
      expect(await seal.open("session", changed, schema), String(at)).to.equal(undefined);
    }
    const foreign = await new Seal(Buffer.alloc(32, "other"), () => nowMs).seal("session", { user: "alice" }, 60);
    expect(await seal.open("session", foreign, schema)).to.equal(undefined);
  });

  it("opens nothing that is no seal: empty, plain JSON, unsigned tokens, another algorithm", async () => {
    const none = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${Buffer.from('{"content":{"user":"a"}}').toString("base64url")}.`;
    const otherAlgorithm = await new CompactEncrypt(Buffer.from('{"content":{"user":"a"}}'))
      .setProtectedHeader({ alg: "A256KW", enc: "A256GCM" })
      .encrypt(secret);
    for (const text of ["", "a.b.c.d.e", '{"user":"alice"}', none, otherAlgorithm, "x".repeat(10_000)])
      expect(await seal.open("session", text, schema)).to.equal(undefined);
  });

  it("opens nothing of another form, that an earlier version may have sealed", async () => {
    expect(await seal.open("session", await seal.seal("session", { name: "alice" }, 60), schema)).to.equal(undefined);
  });
});
