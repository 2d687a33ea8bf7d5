import { readFileSync } from "node:fs";
import { expect } from "chai";
import { reasonKindOf, poolReasons } from "../../../operator/pool/findings.ts";

const page = readFileSync(new URL("../../../docs/pools.md", import.meta.url), "utf8");

describe("docs/pools.md", () => {
  it("has every reason of a pool, with the condition that is true besides", () => {
    const rows = page.matchAll(/^\| `(\w+)` +\| (?:`(\w+)`)? +\| /gm);
    const told = new Map(Array.from(rows, ([, reason = "", besides]) => [reason, besides]));
    const besides = { settled: undefined, moving: "Reconciling", stuck: "Stalled" };
    expect(Object.fromEntries(told)).to.deep.equal(
      Object.fromEntries(poolReasons.map((reason) => [reason, besides[reasonKindOf(reason)]])),
    );
  });
});
