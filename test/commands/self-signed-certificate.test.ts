import { X509Certificate } from "node:crypto";
import { expect } from "chai";
import { issueSelfSigned } from "../../commands/self-signed-certificate/issue.ts";
import {
  foreignSecret,
  isOurs,
  ownLabel,
  reasonToIssue,
  subjectNames,
  validDays,
} from "../../commands/self-signed-certificate/plan.ts";

const names = ["a.example.com", "*.a.example.com"];
const now = new Date("2026-11-23T12:00:00Z");
const inDays = (days: number) => new Date(now.getTime() + days * 86_400_000);

describe("a self-signed certificate", () => {
  let pem: string;
  before(async () => {
    ({ certificate: pem } = await issueSelfSigned(names, now));
  });

  it("is good for its names, and may be imported as its own authority", () => {
    const certificate = new X509Certificate(pem);
    expect(certificate.checkHost("a.example.com")).to.equal("a.example.com");
    expect(certificate.checkHost("session.a.example.com")).to.equal("*.a.example.com");
    expect(certificate.checkHost("b.example.com")).to.equal(undefined);
    expect(certificate.verify(certificate.publicKey)).to.equal(true);
    expect(certificate.ca).to.equal(true);
  });

  it("takes a domain that is too long for a common name", async () => {
    const long = `${"a".repeat(60)}.example.com`;
    const { certificate } = await issueSelfSigned([long], now);
    expect(new X509Certificate(certificate).checkHost(long)).to.equal(long);
    expect(new X509Certificate(certificate).subject).to.equal("CN=kasm");
  });

  it("comes with the key that fits it", async () => {
    const { certificate, key } = await issueSelfSigned(names, now);
    const { createPrivateKey } = await import("node:crypto");
    expect(new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key))).to.equal(true);
  });

  it("is left alone as long as it serves", () => {
    expect(reasonToIssue(pem, names, now)).to.equal(undefined);
    expect(reasonToIssue(pem, names.toReversed(), inDays(validDays - 31))).to.equal(undefined);
  });

  it("is made where there is none, or none that can be read", () => {
    expect(reasonToIssue(undefined, names, now)).to.equal("there is none");
    expect(reasonToIssue("garbage", names, now)).to.equal("the one that is there cannot be read");
  });

  it("is made anew for other names, also for fewer", () => {
    for (const wanted of [["b.example.com"], ["a.example.com"], [...names, "c.example.com"]])
      expect(reasonToIssue(pem, wanted, now)).to.match(
        /^the one that is there is for \*\.a\.example\.com, a\.example\.com, not for /,
      );
  });

  it("is made anew in its last month", () => {
    expect(reasonToIssue(pem, names, inDays(validDays - 29))).to.match(/^the one that is there ends on /);
  });

  it("is the program's own until cert-manager takes it over, who leaves the label", () => {
    expect(isOurs({ metadata: { labels: ownLabel } })).to.equal(true);
    expect(isOurs({ metadata: {} })).to.equal(false);
    const annotations = { "cert-manager.io/certificate-name": "kasm-cert-manager" };
    expect(isOurs({ metadata: { labels: ownLabel, annotations } })).to.equal(false);
  });

  it("is not made over somebody else's, which cert-manager would make again unless its Certificate goes first", () => {
    const metadata = { namespace: "kasm", name: "kasm-tls" };
    expect(foreignSecret({ metadata })).to.match(
      /^Secret kasm\/kasm-tls exists .* self-signed one, delete it first\.$/,
    );
    const annotations = { "cert-manager.io/certificate-name": "wildcard" };
    expect(foreignSecret({ metadata: { ...metadata, annotations } })).to.contain(
      "kubectl delete certificate wildcard --namespace kasm",
    );
  });

  it("tells its names", () => {
    expect(subjectNames(new X509Certificate(pem))).to.deep.equal(["*.a.example.com", "a.example.com"]);
  });
});
