import { expect } from "chai";
import fc from "fast-check";
import { bundleConfigMap, bundleProblem } from "../../../components/vdi-operator/program.ts";

describe("the bundle's ConfigMap", () => {
  it("cannot change, and has another name for another text", () => {
    const { immutable, metadata, data } = bundleConfigMap("a", "system");
    expect({ immutable, data }).to.deep.equal({ immutable: true, data: { "main.mjs": "a" } });
    expect(metadata.name).to.match(/^kasm-operator-[0-9a-f]{10}$/);
    expect(bundleConfigMap("b", "system").metadata.name).not.to.equal(metadata.name);
  });

  it("takes a bundle up to what a ConfigMap holds, counted in bytes", () => {
    const most = 1024 * 1024 - "main.mjs".length;
    expect(bundleProblem("x".repeat(most))).to.equal(undefined);
    expect(bundleProblem("x".repeat(most + 1))).to.match(
      /^The operator's bundle has 1025 KiB, and a ConfigMap holds 1024 KiB\. Build it minified .* kasm-vdi:operator\.image\.$/,
    );
    expect(bundleProblem("ü".repeat(most - 10))).to.match(/ 2048 KiB/);
  });

  it("keeps its name for the same text", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(bundleConfigMap(text, "a").metadata.name).to.equal(bundleConfigMap(text, "b").metadata.name);
      }),
    );
  });
});
