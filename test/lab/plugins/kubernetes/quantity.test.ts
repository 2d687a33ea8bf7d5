import { expect } from "chai";
import fc from "fast-check";

import { canonicalQuantity } from "../../../../lab/plugins/kubernetes/quantity.ts";

describe("a quantity, as Kubernetes writes it", () => {
  // What an API server 1.35.4 answered for these as a container's limits.cpu.
  const answers: [string | number, string][] = [
    ["0.5", "500m"],
    [0.5, "500m"],
    [2, "2"],
    ["1000m", "1"],
    ["1500m", "1500m"],
    ["1000", "1k"],
    ["1024", "1024"],
    ["1024Mi", "1Gi"],
    ["1.5Gi", "1536Mi"],
    ["0.5Gi", "512Mi"],
    ["1Ki", "1Ki"],
    ["0.5Ki", "512"],
    ["1000M", "1G"],
    ["0", "0"],
    ["0Mi", "0"],
    ["123456789", "123456789"],
    ["1.5k", "1500"],
    ["2048000", "2048k"],
    ["1e3", "1e3"],
    ["10E", "10E"],
    [".5", "500m"],
  ];
  for (const [given, answer] of answers) {
    it(`writes ${JSON.stringify(given)} as ${answer}`, () => {
      expect(canonicalQuantity(given)).to.equal(answer);
    });
  }

  for (const given of ["", "lots", "1GB", "1 Gi", "--1", "1.2.3"]) {
    it(`leaves ${JSON.stringify(given)} to the server to refuse`, () => {
      expect(canonicalQuantity(given)).to.equal(given.trim());
    });
  }

  it("has one form for equal amounts, which stays as it is", () => {
    fc.assert(
      fc.property(fc.nat(10_000_000), fc.constantFrom("", "m", "k", "M", "Ki", "Mi"), (amount, suffix) => {
        const once = canonicalQuantity(`${amount}${suffix}`);
        expect(canonicalQuantity(once)).to.equal(once);
        expect(canonicalQuantity(`${amount}.0${suffix}`)).to.equal(once);
      }),
    );
  });
});
