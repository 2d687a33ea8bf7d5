import { expect } from "chai";
import { Cluster } from "../../../analyzers/cluster.ts";
import { storageConfig } from "../../../analyzers/storage/storage-config.ts";
import type { Case } from "../../cases/case.ts";
import { allCases, snapshotOf } from "../../cases/case.ts";

const cases = allCases();
const named = (name: string) => cases.find((it) => it.name === name)!;

const problemsOf = (one: Case) =>
  storageConfig.analyze(new Cluster(snapshotOf(one))).findings.map(({ problem }) => problem);

const setup = { data: { setup: "mkdir -m 0700 -p ${VOL_DIR}" } };
const lead =
  "The script setup of ConfigMap kube-system/local-path-config makes directories 0700, and volumes of StorageClass local-path are of type local: pods without fsGroup cannot write to new volumes unless they run as root. ";

/** The lab's cluster, whose volumes are of type local, with a script that keeps others out. */
const strict = (changes: Case["changes"] = {}): Case => ({
  ...named("healthy/lab"),
  changes: { "ConfigMap kube-system/local-path-config": setup, ...changes },
});

describe("a script of local-path that keeps others out of volumes of type local", () => {
  it("is no matter where all pods have an fsGroup, and none is denied", () =>
    expect(problemsOf(strict())).to.deep.equal([]));

  it("is told with a pod that is not root and has none, though it runs", () =>
    expect(
      problemsOf(strict({ "Pod kasm/kasm-db-1-19-0-0": { spec: { securityContext: { fsGroup: null } } } })),
    ).to.deep.equal([`${lead}Pod kasm/kasm-db-1-19-0-0 has none.`]));

  it("is told with a pod that is denied, whatever it has", () => {
    expect(problemsOf(named("storage/mode-0700-and-no-fs-group"))).to.deep.equal([
      `${lead}Pod kasm/kasm-db-1-19-0-0 has none.`,
    ]);
    expect(problemsOf(named("storage/mode-0700-and-an-fs-group"))).to.deep.equal([
      `${lead}Pod kasm/kasm-db-1-19-0-0 has one, and may not write all the same.`,
    ]);
  });
});
