import { expect } from "chai";
import { analyzers } from "../../analyzers/all.ts";
import { catalog } from "../../analyzers/catalog.ts";
import { Cluster } from "../../analyzers/cluster.ts";
import { refText } from "../../analyzers/finding.ts";
import type { Finding } from "../../analyzers/finding.ts";
import { findingsIn } from "../../diagnose/graph/graph.ts";
import { reportOn } from "../../diagnose/report.ts";
import { allCases, snapshotOf } from "../cases/case.ts";

const told = ({ code, object }: Finding) => `${code} ${refText(object)}`;

/** Each case says all that is found in it: so each rule is silent in all cases that do not name it. */
describe("the diagnosis of", () => {
  for (const one of allCases())
    it(one.name, () => {
      const { roots, summary } = reportOn(new Cluster(snapshotOf(one)), analyzers);
      const symptoms = roots.flatMap((root) => findingsIn(root).slice(1));
      expect(roots.map(({ finding }) => told(finding)).sort(), "roots").to.deep.equal([...one.expect.roots].sort());
      expect(symptoms.map(told).sort(), "symptoms").to.deep.equal([...(one.expect.symptoms ?? [])].sort());
      expect(summary.exitCode, "exit code").to.equal(one.expect.exit);
    });
});

describe("the catalog", () => {
  it("has a case for each of its codes", () => {
    const shown = allCases().flatMap((it) => [...it.expect.roots, ...(it.expect.symptoms ?? [])]);
    const codes = new Set(shown.map((it) => it.split(" ")[0]));
    expect(Object.keys(catalog).filter((it) => !codes.has(it))).to.deep.equal([]);
  });
});
