import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { ClusterClient, loadKubeConfig } from "../../kube/client.ts";
import { group } from "./edited-stack.ts";
import { labStackFile } from "../../lab/platform/stack-config.ts";
import { keyReferences } from "../../stacks/reference.ts";
import { LabStack, checkout } from "./lab-stack.ts";
import type { StackValues } from "./lab-stack.ts";

type Change = (config: StackValues) => void;

/** Keys, or groups of them, that no case changes, and why none of them can reach the database. */
const untried: Readonly<Record<string, string>> = {
  "nodeCount nodePools nodeSize gpuCount": "machines: the lab takes one away with its disk, the program never does",
  "kubeconfig context": "another cluster: what is in this one stays as it is",
  "publicIPs apiServerPort preflight": "what is looked at, and rules of NetworkPolicies",
  "certificate trustedCa": "what the database's pod mounts beside its volume",
  protectData: "refuses more, and deletes nothing",
  "gpu traefik turn operator portal agents agentInstaller": "other parts, in namespaces of their own",
  "namespaces.gpuOperator namespaces.vdi namespaces.operator namespaces.turn namespaces.storage namespaces.traefik":
    "other namespaces: a name of two parts is refused by config check",
  "kasm.nginxResolver": "preflight holds it against the cluster's DNS Service",
  "storage.mode storage.path storage.image storage.helperImage storage.timeoutSeconds": "stack-edits.test.ts",
};
/** Those of the cases below. */
const tried =
  "clusterName namespaces.kasm kasm.chart kasm.imageTag kasm.database kasm.backup kasm.deploymentSize kasm.directRdp " +
  "kasm.timeoutSeconds storage.className domain registry";

// Upgrades: kasm-upgrades.test.ts.
describe("Kasm's database on the lab cannot be lost by a config", function () {
  this.timeout(480_000);
  const stack = new LabStack();
  const client = new ClusterClient(loadKubeConfig());
  const folder = mkdtempSync(join(tmpdir(), "charts-"));
  let found: unknown;

  before(async () => {
    found = await database();
    expect(found).to.have.property("claims").that.is.not.empty;
    const newer = copyChart("newer", "1.1200.0", "1.20.0");
    copyChart("mislabelled", "1.1190.6", "1.20.0");
    await execa("helm", ["package", newer, "--destination", folder]);
  });
  afterEach(() => stack.restore());
  after(async () => {
    rmSync(folder, { recursive: true });
    await client.config.close();
  });

  const chart =
    (source: () => object): Change =>
    (config) =>
      (group(config, "kasm")["chart"] = source());
  const unknownLine = /1\.1200\.0 belongs to a chart line whose value keys this program does not know/;

  const refusedAtOnce: [string, Change, RegExp][] = [
    ["a folder with the chart of a newer Kasm", chart(() => ({ path: join(folder, "newer") })), unknownLine],
    ["an archive with it", chart(() => ({ path: join(folder, "kasm-helm-1.1200.0.tgz") })), unknownLine],
    [
      "a folder under a version that is not its Kasm's",
      chart(() => ({ path: join(folder, "mislabelled") })),
      /1\.20\.0/,
    ],
    ["the version of a newer chart", chart(() => ({ version: "1.1200.0" })), unknownLine],
    [
      "a newer chart in an OCI registry",
      chart(() => ({ oci: "oci://registry.example.com/kasm-helm", version: "1.1200.0" })),
      unknownLine,
    ],
    [
      "images of a newer Kasm",
      (config) => (group(config, "kasm")["imageTag"] = "1.20.0"),
      /"1\.20\.0", but the chart is made/,
    ],
  ];
  for (const [what, change, refusal] of refusedAtOnce)
    it(`by ${what}: check, preview and up refuse it`, async () => {
      stack.edit(change);
      const check = execa("node", ["stacks/main.ts", "check", "lab"], { cwd: checkout, reject: false, all: true });
      for (const { exitCode, all } of await Promise.all([check, stack.pulumi("preview")])) {
        expect(exitCode, all).not.to.equal(0);
        expect(all).to.match(refusal);
      }
      await upRefuses(refusal);
    });

  const refusedByTheCluster: [string, Change, RegExp][] = [
    [
      "another namespace of Kasm",
      (config) => (group(config, "namespaces")["kasm"] = "kasm-elsewhere"),
      /namespaces\.kasm is kasm-elsewhere, and this stack has Kasm's database in the cluster under kasm: .*Set it back to kasm\./,
    ],
    [
      "another name of the cluster",
      (config) => (config["kasm-vdi:clusterName"] = "elsewhere"),
      /clusterName is elsewhere, and this stack has Kasm's database in the cluster under lab: .*Set it back to lab\./,
    ],
    [
      "an upgrade to the version that is there",
      (config) => (group(config, "kasm")["database"] = "upgrade"),
      /StatefulSet kasm\/kasm-db-1-19-0 is there: this upgrade has been made/,
    ],
  ];
  for (const [what, change, refusal] of refusedByTheCluster)
    it(`by ${what}: up refuses it`, async () => {
      stack.edit(change);
      await upRefuses(refusal);
    });

  it("by another stack of the same config: up refuses it before it takes the namespace over", async () => {
    const second = (...args: string[]) =>
      execa("pulumi", [...args, "--stack", "second", "--non-interactive"], { cwd: checkout, reject: false, all: true });
    await second("stack", "init");
    const file = join(checkout, "Pulumi.second.yaml");
    try {
      cpSync(labStackFile(checkout), file);
      const { exitCode, all } = await second("up", "--yes", "--skip-preview");
      expect(exitCode, all).not.to.equal(0);
      expect(all).to.match(/made by pulumi-kasm-vdi-lab, and this stack is pulumi-kasm-vdi-second\. If it is the same/);
      expect((await second("stack", "export")).stdout).not.to.contain("kubernetes:core");
      expect(await database()).to.deep.equal(found);
    } finally {
      await second("stack", "rm", "--yes", "--force");
      rmSync(file, { force: true });
    }
  });

  it("by a plan of dumps that is taken out of the config: those that were taken stay, and a new plan goes on with them", async () => {
    const metadata = { namespace: "kasm", name: "kasm-database-backup" };
    const claim = { apiVersion: "v1", kind: "PersistentVolumeClaim", metadata };
    const uid = async () => (await client.get(claim))?.metadata?.uid;
    const planned = (schedule: string) => stack.edit((config) => (group(config, "kasm")["backup"] = { schedule }));
    planned("0 3 * * *");
    await stack.up();
    const taken = await uid();
    expect(taken).to.be.a("string");
    stack.restore();
    await stack.up();
    expect(await uid()).to.equal(taken);
    planned("0 4 * * *");
    await stack.up();
    expect(await uid()).to.equal(taken);
    // The next case's `up` ends the plan.
    await client.delete(claim);
  });

  it("by another class of volumes, size, domain, registry, way for RDP, patience and a first installation that is asked for again: it stays as it is", async () => {
    const className = "kept-database-other";
    const storageClass = { apiVersion: "storage.k8s.io/v1", kind: "StorageClass", metadata: { name: className } };
    await client.create({
      ...storageClass,
      provisioner: "rancher.io/local-path",
      volumeBindingMode: "WaitForFirstConsumer",
    });
    try {
      stack.edit((config) => {
        config["kasm-vdi:storage"] = { className };
        config["kasm-vdi:domain"] = "other.lab.localhost";
        config["kasm-vdi:registry"] = { mirror: "registry.example.com/mirror" };
        const others = { deploymentSize: "small", directRdp: { type: "NodePort" }, timeoutSeconds: 600 };
        Object.assign(group(config, "kasm"), { database: "initialize", ...others });
      });
      await stack.up();
      expect(await database()).to.deep.equal(found);
    } finally {
      stack.restore();
      await stack.up();
      await client.delete(storageClass);
    }
    expect(await database()).to.deep.equal(found);
  });

  it("by no other key: each of the schema is tried here, or has a reason why it cannot", () => {
    const known = [tried, ...Object.keys(untried)].flatMap((keys) => keys.split(" "));
    const isKnown = (key: string) =>
      known.some((one) => key === one || key.startsWith(`${one}.`) || key.startsWith(`${one}[`));
    const keys = keyReferences().map(({ key }) => key);
    expect(keys.filter((key) => !isKnown(key) && !known.some((one) => one.startsWith(`${key}.`)))).to.deep.equal([]);
    expect(known.filter((one) => !keys.includes(one))).to.deep.equal([]);
  });

  it("and nothing is left to do with the config as it was", () => stack.hasNothingToDo());

  async function upRefuses(refusal: RegExp): Promise<void> {
    const { exitCode, all } = await stack.pulumi("up", "--yes", "--skip-preview");
    expect(exitCode, all).not.to.equal(0);
    expect(all).to.match(refusal);
    expect(all).not.to.match(/^ +at /m);
    expect(await database()).to.deep.equal(found);
  }

  /** What the data depends on: its server, its volumes, its passwords. */
  async function database() {
    const inKasm = { namespace: "kasm" };
    const [sets, claims, secret] = await Promise.all([
      client.list("apps/v1", "StatefulSet", { ...inKasm, labelSelector: "app.kubernetes.io/component=db" }),
      client.list("v1", "PersistentVolumeClaim", inKasm),
      client.get({ apiVersion: "v1", kind: "Secret", metadata: { ...inKasm, name: "kasm-secrets" } }),
    ]);
    return {
      servers: sets.map(({ metadata }) => metadata?.name),
      claims: claims.map(({ metadata, spec }) => [metadata?.uid, (spec as { volumeName?: string }).volumeName]),
      passwords: secret?.metadata?.uid,
    };
  }

  function copyChart(name: string, version: string, kasm: string): string {
    const path = join(folder, name);
    cpSync(join(checkout, "lab", "charts", "kasm-helm"), path, { recursive: true });
    const file = join(path, "Chart.yaml");
    const text = readFileSync(file, "utf8").replace(/^version: .*$/m, `version: ${version}`);
    writeFileSync(file, text.replace(/^appVersion: .*$/m, `appVersion: "${kasm}"`));
    return path;
  }
});
