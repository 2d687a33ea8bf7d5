import { randomBytes } from "node:crypto";
import { expect } from "chai";
import fc from "fast-check";
import { acceptsToken, issueToken, tokenLifeMs } from "../../../operator/access/tokens.ts";
import type { TokenCheck, TokenPurpose } from "../../../operator/access/tokens.ts";
import { anyText } from "../any-text.ts";
import { begin, key } from "./a-session.ts";

const subject = { uid: "uid-1", user: "alice@example.com", host: "abc.desktops.example.com" };
const check: TokenCheck = { key, purpose: "cookie", subject, nowMs: begin, revokedBeforeMs: undefined };
const token = issueToken(key, "cookie", subject, begin);

const purposes = fc.constantFrom<TokenPurpose>("link", "cookie");
const subjects = fc.record({ uid: fc.uuid(), user: anyText({ minLength: 1 }), host: fc.domain() });
const times = fc.integer({ min: 0, max: Date.parse("2100-01-01") });

describe("tokens", () => {
  it("are accepted for what they were issued, whatever the user's name, from then to their end", () => {
    fc.assert(
      fc.property(purposes, subjects, times, fc.double({ min: 0, max: 1, noNaN: true }), (purpose, whom, at, part) => {
        const issued = issueToken(key, purpose, whom, at);
        const nowMs = at + Math.floor(part * (tokenLifeMs[purpose] - 1));
        const it = { key, purpose, subject: whom, nowMs, revokedBeforeMs: undefined };
        expect(acceptsToken(issued, it)).to.equal(true);
        expect(acceptsToken(issued, { ...it, nowMs: at + tokenLifeMs[purpose] })).to.equal(false);
      }),
    );
  });

  it("are refused for another purpose, session, user or host, and with another key", () => {
    fc.assert(
      fc.property(purposes, subjects, subjects, (purpose, one, other) => {
        const issued = issueToken(key, purpose, one, begin);
        const it = { ...check, purpose, subject: one };
        expect(acceptsToken(issued, { ...it, purpose: purpose === "link" ? "cookie" : "link" })).to.equal(false);
        expect(acceptsToken(issued, { ...it, key: randomBytes(32) })).to.equal(false);
        for (const field of ["uid", "user", "host"] as const)
          expect(acceptsToken(issued, { ...it, subject: { ...one, [field]: other[field] } })).to.equal(
            one[field] === other[field],
          );
      }),
    );
  });

  it("are refused when a letter is changed, left out or added, and when they were issued for other times", () => {
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.string({ maxLength: 2 }), (at, put) => {
        const forged = token.slice(0, at) + put + token.slice(at + 1);
        expect(acceptsToken(forged, check)).to.equal(forged === token);
      }),
      { numRuns: 2_000 },
    );
    const [issued = "", expires = "", signature = ""] = token.split(".");
    const longer = `${issued}.${(parseInt(expires, 36) + 1).toString(36)}.${signature}`;
    expect(acceptsToken(longer, check)).to.equal(false);
  });

  it("are refused whatever somebody makes up", () => {
    fc.assert(fc.property(anyText(), (text) => !acceptsToken(text, check)));
    const form = /^[0-9a-z]{1,9}\.[0-9a-z]{1,9}\.[A-Za-z0-9_-]{43}$/;
    fc.assert(fc.property(fc.stringMatching(form), (text) => !acceptsToken(text, check)));
  });

  it("are void when issued at or before a revocation", () => {
    for (const [revokedBeforeMs, isAccepted] of [
      [begin - 1, true],
      [begin, false],
      [begin + 1, false],
      [Infinity, false],
    ] as const)
      expect(acceptsToken(token, { ...check, nowMs: begin + 2, revokedBeforeMs })).to.equal(isAccepted);
  });

  it("are accepted from a replica whose clock is some seconds ahead, not from the future", () => {
    expect(acceptsToken(token, { ...check, nowMs: begin - 20_000 })).to.equal(true);
    expect(acceptsToken(token, { ...check, nowMs: begin - 40_000 })).to.equal(false);
  });

  it("tell nobody whose they are", () => {
    expect(token).to.match(/^[0-9a-z]+\.[0-9a-z]+\.[A-Za-z0-9_-]{43}$/);
    expect(Buffer.from(token.split(".")[2] ?? "", "base64url").toString("latin1")).to.not.contain("alice");
  });
});
