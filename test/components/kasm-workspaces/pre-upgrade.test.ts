import { expect } from "chai";
import { preUpgradeInput } from "../../../components/kasm-workspaces/pre-upgrade.ts";
import type { KasmValuesArgs } from "../../../components/kasm-workspaces/values.ts";
import { plainKasm } from "./args.ts";

const input = (more: Partial<KasmValuesArgs> = {}) => preUpgradeInput("kasm", { ...plainKasm, ...more });

describe("what is taken away before Helm upgrades Kasm", () => {
  it("is looked for again with any change of chart or values, and with no other", () => {
    const before = input();
    expect(input({ sizing: { deploymentSize: "large", replicas: 3, isCompact: false } })).not.to.deep.equal(before);
    expect(input({ chart: { chart: "lab/charts/kasm-helm", version: plainKasm.chart.version } })).not.to.deep.equal(
      before,
    );
    expect(input({ chart: { ...plainKasm.chart } })).to.deep.equal(before);
  });

  it("is the Job that the next release has: none when the database is kept", () => {
    const jobs = (["initialize", "keep", "upgrade"] as const).map((database) => input({ database }).job);
    expect(jobs).to.deep.equal(["kasm-db-init", undefined, "kasm-db-upgrade"]);
  });

  it("is a StatefulSet of another class of volumes, but not the old database's during an upgrade", () => {
    expect(input({ storageClassName: "kasm-local-path" }).storageClassName).to.equal("kasm-local-path");
    expect(input({ database: "upgrade" }).statefulSets).to.contain("component!=db");
    expect(input({ database: "keep" }).statefulSets).not.to.contain("component");
  });

  it("is nothing when the database that an upgrade makes is there, so that is named, and none otherwise", () => {
    expect(input({ database: "upgrade" })).to.include({ upgradeTo: "kasm-db-1-19-0" });
    expect(input({ database: "keep" })).to.not.have.property("upgradeTo");
  });
});
