import { expect } from "chai";
import fc from "fast-check";
import { SharedStrings, compact } from "../../kube/compact.ts";
import { untrustedBytes } from "../../kube/untrusted-text.ts";

describe("compact", () => {
  it("keeps the content of any JSON object, and leaves the given one alone", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (json) => {
        const given = JSON.parse(JSON.stringify(json)) as Record<string, unknown>;
        const before = JSON.stringify(given);
        expect(JSON.stringify(compact(given, new SharedStrings(2)))).to.equal(before);
        expect(JSON.stringify(given)).to.equal(before);
      }),
    );
  });

  it("cuts a text that is longer than anybody may write, and no other", () => {
    const longest = "é".repeat(untrustedBytes / 2);
    const { kept, cut } = compact({ kept: longest, cut: `${longest}x` }, new SharedStrings());
    expect(kept).to.equal(longest);
    expect(Buffer.byteLength(cut)).to.be.at.most(untrustedBytes);
  });

  it("leaves out what is undefined, so that no key stands for nothing", () => {
    expect(compact({ a: { b: undefined }, c: [1] }, new SharedStrings())).to.deep.equal({ a: {}, c: [1] });
  });
});

describe("SharedStrings", () => {
  it("gives each text back as it is, whatever was forgotten meanwhile", () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.integer({ min: 1, max: 5 }), (texts, most) => {
        const strings = new SharedStrings(most);
        expect(texts.map((text) => strings.share(text))).to.deep.equal(texts);
      }),
    );
  });
});
