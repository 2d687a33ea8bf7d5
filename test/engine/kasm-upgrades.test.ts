import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { ClusterClient, loadKubeConfig } from "../../kube/client.ts";
import type { AnyObject } from "../../kube/client.ts";
import { copyChart, given, kasmStack } from "./kasm-stack.ts";
import type { ScratchStack } from "./scratch-stack.ts";

const namespace = "kasm-upgrades";

// The cases build on each other.
describe("Kasm's upgrades on the lab", () => {
  const client = new ClusterClient(loadKubeConfig());
  let stack: ScratchStack;

  before(async () => {
    stack = await kasmStack(namespace);
    // The same chart once as that of an older Kasm, so that the database's StatefulSet gets another name.
    copyChart(stack, "first", "1.1190.5", "1.18.1");
    copyChart(stack, "second", "1.1190.6", "1.19.0");
  });
  after(async () => {
    await stack.pulumi(["state", "unprotect", "--all", "--yes"]);
    await stack.pulumi(["destroy", "--yes", "--skip-preview"], given({}));
    stack.remove();
    await client.config.close();
  });

  it("refuses a chart of a line that it does not know, in one sentence, and makes nothing", async () => {
    const chart = { chart: "./charts/first", version: "1.1200.0" };
    const { exitCode, all } = await stack.pulumi(["up", "--yes", "--skip-preview"], given({ chart }));
    expect(exitCode).not.to.equal(0);
    expect(all).to.match(/kasm-helm 1\.1200\.0 belongs to a chart line whose value keys this program does not know/);
    expect(all).not.to.contain("    at ");
    expect(await client.get({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } })).to.equal(
      undefined,
    );
  });

  it("installs Kasm and initialises its database", async () => {
    await stack.up(given({}));
    const job = await get("batch/v1", "Job", "kasm-db-init");
    expect(job?.["status"]).to.include({ succeeded: 1 });
  });

  it("has Kubernetes refuse another image tag within 300 s when Helm is left alone with the finished Job", async () => {
    const chart = join(stack.folder, "program", "charts", "first");
    const args = [
      "upgrade",
      "kasm",
      chart,
      "--namespace",
      namespace,
      "--reuse-values",
      "--set",
      "useImageTags=1.18.1-x",
    ];
    const { exitCode, stderr } = await execa("helm", args, { reject: false });
    expect(exitCode).not.to.equal(0);
    expect(stderr).to.match(/Job\.batch "kasm-db-init" is invalid.*field is immutable/s);
  });

  it("takes another image tag within 300 s: the finished Job is taken away, and runs again", async () => {
    const before = await get("batch/v1", "Job", "kasm-db-init");
    const changed = given(rolling);
    expect(await stack.changes(changed)).to.deep.equal({
      "kasm-pre-upgrade": "update",
      "kasm-release": "update",
      "kasm-rollout": "update",
    });
    await stack.up(changed);
    const job = await get("batch/v1", "Job", "kasm-db-init");
    expect(job?.metadata?.uid).not.to.equal(before?.metadata?.uid);
    expect(JSON.stringify(job?.["spec"])).to.contain("kasmweb/api:1.18.1-rolling");
  });

  it("gives new volumes another class and leaves those that are there, with their pods", async () => {
    const storageClassName = "kasm-upgrades-other";
    await client.create({
      apiVersion: "storage.k8s.io/v1",
      kind: "StorageClass",
      metadata: { name: storageClassName },
      provisioner: "rancher.io/local-path",
      volumeBindingMode: "WaitForFirstConsumer",
    });
    try {
      const pod = await get("v1", "Pod", "kasm-db-1-18-1-0");
      await stack.up(given({ ...rolling, storageClassName }));
      const set = await get("apps/v1", "StatefulSet", "kasm-db-1-18-1");
      expect(set).to.have.nested.property("spec.volumeClaimTemplates[0].spec.storageClassName", storageClassName);
      expect((await get("v1", "Pod", "kasm-db-1-18-1-0"))?.metadata?.uid).to.equal(pod?.metadata?.uid);
      await stack.up(given(rolling));
    } finally {
      const metadata = { name: storageClassName };
      await client.delete({ apiVersion: "storage.k8s.io/v1", kind: "StorageClass", metadata });
    }
  });

  it("refuses a newer Kasm over the database of an older one, and changes nothing", async () => {
    // The chart of 1.18.1 went under a version number that the program takes; the record has to say what it really was.
    const metadata = { name: "kasm-database-version", namespace };
    await client.mergePatch({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata,
      data: { version: "1.18.1" },
    });
    await stack.run(["refresh", "--yes", "--skip-preview"], given(rolling));
    for (const database of ["initialize", "keep"]) {
      const { exitCode, all } = await stack.pulumi(["up", "--yes", "--skip-preview"], given({ ...second, database }));
      expect(exitCode).not.to.equal(0);
      expect(all).to.match(/made by version 1\.18\.1, and the chart brings 1\.19\.0/);
    }
    expect(await get("apps/v1", "StatefulSet", "kasm-db-1-18-1")).not.to.equal(undefined);
    expect(await get("apps/v1", "StatefulSet", "kasm-db-1-19-0")).to.equal(undefined);
  });

  it("moves the data when told to upgrade, keeps the old volume, and writes down the new version", async () => {
    await stack.up(given({ ...second, database: "upgrade" }));
    expect(await get("apps/v1", "StatefulSet", "kasm-db-1-19-0")).not.to.equal(undefined);
    expect(await get("apps/v1", "StatefulSet", "kasm-db-1-18-1")).to.equal(undefined);
    expect((await get("batch/v1", "Job", "kasm-db-upgrade"))?.["status"]).to.include({ succeeded: 1 });
    const claims = await client.list("v1", "PersistentVolumeClaim", { namespace });
    const names = claims.map(({ metadata }) => metadata?.name ?? "");
    expect(names.some((name) => name.includes("1-18-1") && name.includes("data"))).to.equal(true);
    expect(names).to.include("kasm-1-19-0-db-pre-upgrade-backup");
    expect(await get("v1", "ConfigMap", "kasm-database-version")).to.have.nested.property("data.version", "1.19.0");
  });

  it("refuses to repeat an upgrade, whose dump it would overwrite", async () => {
    const { exitCode, all } = await stack.pulumi(
      ["up", "--yes", "--skip-preview"],
      given({ ...second, database: "upgrade" }),
    );
    expect(exitCode).not.to.equal(0);
    expect(all).to.match(
      /StatefulSet kasm-upgrades\/kasm-db-1-19-0 is there: this upgrade has been made, or has begun/,
    );
  });

  it("goes on keeping the database, and has nothing more to do", async () => {
    const kept = given({ ...second, database: "keep" });
    await stack.up(kept);
    expect(await get("batch/v1", "Job", "kasm-db-upgrade")).to.equal(undefined);
    expect(await stack.changes(kept)).to.deep.equal({});
  });

  it("refuses to destroy protected data, and leaves Kasm as it is", async () => {
    const kept = { ...second, database: "keep", protectData: true };
    await stack.up(given(kept));
    const { exitCode, all } = await stack.pulumi(["destroy", "--yes", "--skip-preview"], given(kept));
    expect(exitCode).not.to.equal(0);
    expect(all).to.match(/protected/);
    for (const [kind, name] of [
      ["Secret", "kasm-secrets"],
      ["ConfigMap", "kasm-database-version"],
    ] as const)
      expect(await get("v1", kind, name), name).not.to.equal(undefined);
    expect(await get("apps/v1", "StatefulSet", "kasm-db-1-19-0")).not.to.equal(undefined);
    await stack.up(given({ ...kept, protectData: false }));
  });

  const rolling = { imageTag: "1.18.1-rolling" };
  const second = { chart: { chart: "./charts/second", version: "1.1190.6" } };

  function get(apiVersion: string, kind: string, name: string): Promise<AnyObject | undefined> {
    return client.get({ apiVersion, kind, metadata: { name, namespace } });
  }
});
