import { expect } from "chai";
import { isLasting } from "../../../lab/operator/service-account-token.ts";

const now = new Date("2026-01-01T00:00:00Z");
const inDays = (days: number) => now.getTime() / 1000 + days * 24 * 3600;

function token(expires: number, uid: string): string {
  const claims = { exp: expires, "kubernetes.io": { serviceaccount: { name: "kasm-operator", uid } } };
  return ["{}", JSON.stringify(claims), "signature"].map((part) => Buffer.from(part).toString("base64url")).join(".");
}

describe("a kept token of a ServiceAccount", () => {
  it("is used again while it lasts for more than a month", () => {
    expect(isLasting(token(inDays(31), "a"), "a", now)).to.equal(true);
    expect(isLasting(token(inDays(29), "a"), "a", now)).to.equal(false);
  });

  it("is of no use once the account was made anew: its uid is another", () => {
    expect(isLasting(token(inDays(300), "a"), "b", now)).to.equal(false);
  });

  it("is of no use when it cannot be read", () => {
    for (const text of ["", "a.b.c", "a", token(NaN, "a")]) expect(isLasting(text, "a", now), text).to.equal(false);
  });
});
