import { expect } from "chai";
import { makeWayInput } from "../../components/kasm-workspaces.make-way.ts";
import type { KasmValuesArgs } from "../../components/kasm-workspaces.values.ts";
import { plainKasm } from "./kasm-workspaces.args.ts";

const input = (more: Partial<KasmValuesArgs> = {}) => makeWayInput("kasm", { ...plainKasm, ...more });

describe("making way for Helm", () => {
  it("names the database that an upgrade makes, and none otherwise", () => {
    expect(input({ database: "upgrade" })).to.include({ upgradeTo: "kasm-db-1-19-0" });
    expect(input({ database: "keep" })).to.not.have.property("upgradeTo");
  });

  it("has to do again when the database Job's pod template changes", () => {
    const same = input();
    expect(input({ imageTag: "1.19.0-x" })).not.to.deep.equal(same);
    expect(input({ chart: { ...plainKasm.chart, version: "1.1190.7" } })).not.to.deep.equal(same);
    expect(input({ registry: { mirror: "r.example.com" } })).not.to.deep.equal(same);
    expect(input({ registry: { pullSecretName: "site" } })).not.to.deep.equal(same);
    expect(input({ trustedCa: "-----BEGIN CERTIFICATE-----\nA\n-----END CERTIFICATE-----" })).not.to.deep.equal(same);
  });

  it("has nothing to do when nothing changes that Helm could not change itself", () => {
    const same = input();
    expect(input({ domain: "other.example.com" })).to.deep.equal(same);
    expect(input({ sizing: { deploymentSize: "large", replicas: 3, isCompact: false } })).to.deep.equal(same);
    expect(input({ certificate: { kind: "secret", secretName: "mine" } })).to.deep.equal(same);
  });

  it("has to do again when volumes get another class", () => {
    expect(input({ database: "keep", storageClassName: "kasm-local-path" })).not.to.deep.equal(
      input({ database: "keep" }),
    );
  });

  it("looks for the Job that the next release has: none when the database is kept", () => {
    const jobs = (["initialize", "keep", "upgrade"] as const).map((database) => input({ database }).job);
    expect(jobs).to.deep.equal(["kasm-db-init", undefined, "kasm-db-upgrade"]);
  });

  it("leaves the old database's StatefulSet to Helm during an upgrade", () => {
    expect(input({ database: "upgrade" }).statefulSets).to.contain("component!=db");
    expect(input({ database: "keep" }).statefulSets).not.to.contain("component");
  });
});
