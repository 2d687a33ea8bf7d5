import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { sharesByMps } from "../../analyzers/gpu/node.ts";
import { ClusterClient, loadKubeConfig } from "../../kube/client.ts";
import type { AnyObject } from "../../kube/client.ts";

const checkout = join(import.meta.dirname, "..", "..");
const configMap = "gpu-gate-test";
const policyKey = { apiVersion: "nvidia.com/v1", kind: "ClusterPolicy", metadata: { name: "cluster-policy" } };
const shared = (replicas: number, more = "") =>
  `sharing: { timeSlicing: { ${more}resources: [{ name: nvidia.com/gpu, replicas: ${replicas} }] } }`;

// Breaks the lab's own ClusterPolicy in every way that the simulator knows, and puts it back.
describe("the GPU capacity gate on the lab", () => {
  let client: ClusterClient;
  let namespace: string;
  let ownConfig: unknown;
  let nodes: number;
  let gpus: number;

  before(async () => {
    client = new ClusterClient(loadKubeConfig());
    const policy = await client.get(policyKey);
    if (!policy) throw new Error("The lab has no ClusterPolicy: run `npm run lab` with GPUs in its stack first");
    namespace = (policy["status"] as { namespace: string }).namespace;
    ownConfig = (policy["spec"] as { devicePlugin: { config?: unknown } }).devicePlugin.config ?? null;
    const all = await gpuNodes();
    nodes = all.length;
    gpus = Number(all[0]?.metadata?.annotations?.["lab.kasm-vdi/gpus"]);
  });
  beforeEach(() => removeConfigs());
  after(async () => {
    await setPolicy(ownConfig);
    await removeConfigs();
    await client.config.close();
  });

  it("passes for a right config, and tells each node's slices", async () => {
    await writeConfig({ "shared-8": shared(8) });
    await setPolicy({ name: configMap, default: "shared-8" });
    const { exitCode, stdout, stderr } = await gate(30);
    expect(exitCode, stderr).to.equal(0);
    const { slices } = JSON.parse(stdout) as { slices: Record<string, number> };
    expect(Object.values(slices)).to.deep.equal(Array<number>(nodes).fill(gpus * 8));
  });

  it("gives up in time, with what it told last", async () => {
    await writeConfig({ "shared-8": shared(8) });
    await setPolicy({ name: configMap, default: "" });
    await nodesFollow();
    const { exitCode, stderr } = await gate(6);
    expect(exitCode, stderr).to.equal(1);
    expect(lastOf(stderr)).to.match(node);
    expect(lastOf(stderr)).to.match(/ClusterPolicy names no default config/);
    expect(lastOf(stderr)).to.match(/Gave up after 6 s\.$/);
  });

  it("tells a default that is missing", async () => {
    await writeConfig({ "shared-8": shared(8) });
    await setPolicy({ name: configMap, default: "" });
    await tells(/ClusterPolicy names no default config and the node has no label .*, so GPUs are not shared/);
  });

  it("tells a key that the ConfigMap does not have", async () => {
    await writeConfig({ "shared-8": shared(8) });
    await setPolicy({ name: configMap, default: "egiht" });
    await tells(/ClusterPolicy's default is egiht, which ConfigMap gpu-gate-test does not have \(it has shared-8\)/);
  });

  it("tells a ConfigMap in another namespace", async () => {
    await writeConfig({ "shared-8": shared(8) }, "default");
    await setPolicy({ name: configMap, default: "shared-8" });
    await tells(/ConfigMap .*\/gpu-gate-test is missing; it is in default, where nothing reads it/);
  });

  it("tells a config that was edited in place and is wrong now", async () => {
    await writeConfig({ "shared-8": shared(4) });
    await setPolicy({ name: configMap, default: "shared-8" });
    await tells(/config shared-8 of ConfigMap .* has replicas: 4 instead of 8 \(kubectl delete configmap /);
  });

  it("tells a config that was put right in place, which the device plugin does not notice", async () => {
    await writeConfig({ "shared-8": shared(4) });
    await setPolicy({ name: configMap, default: "shared-8" });
    await until(async () => (await gpuNodes()).every((it) => slicesOf(it) === gpus * 4));
    await writeConfig({ "shared-8": shared(8) });
    await tells(
      /takes no notice of an edit in place \(kubectl rollout restart .*device-plugin.* .*feature-discovery\)/,
    );
  });

  const wrongTexts: [string, string, RegExp][] = [
    ["fewer than two replicas", shared(1), /has replicas: 1, and the device plugin crashes for less than 2/],
    ["text that is no YAML", "sharing: [", /is not readable as a config, so that the device plugin crashes/],
    ["renamed slices", shared(8, "renameByDefault: true, "), /renames the slices to nvidia\.com\/gpu\.shared/],
    ["MPS", shared(8).replace("timeSlicing", "mps"), /shares by MPS, which wins over time-slicing/],
  ];
  for (const [what, text, cause] of wrongTexts)
    it(`tells ${what}`, async () => {
      await writeConfig({ "shared-8": text });
      await setPolicy({ name: configMap, default: "shared-8" });
      await tells(cause);
    });

  const node =
    /^node k3s-\S+ reports \d+ nvidia\.com\/gpu(, expected \d+ \(\d+ x 8\)| by MPS, expected time-slicing): /m;
  const lastOf = (stderr: string) => stderr.split("waiting: ").at(-1) ?? "";

  /** While it waits, the gate comes to tell the name of a GPU node, what it reports and the cause. */
  async function tells(cause: RegExp): Promise<void> {
    await nodesFollow();
    const waiting = gate(60);
    let stderr = "";
    waiting.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk.toString();
      if (node.test(lastOf(stderr)) && cause.test(lastOf(stderr))) waiting.kill("SIGKILL");
    });
    const { exitCode } = await waiting;
    expect(exitCode, stderr).to.equal(undefined);
    expect(stderr).not.to.contain("    at ");
  }

  /** Waits until a node shares otherwise than it should: what was right before is not yet wrong at once. */
  function nodesFollow(): Promise<void> {
    return until(async () => (await gpuNodes()).some((it) => slicesOf(it) !== gpus * 8 || sharesByMps(it)));
  }

  function gate(timeoutSeconds: number) {
    const pools = [
      { name: "gpu", count: nodes, gpusPerNode: gpus, slicesPerNode: gpus * 8, labels: {}, configKey: "shared-8" },
    ];
    const input = { namespace, release: "gpu-operator", configMap, defaultKey: "shared-8", pools, timeoutSeconds };
    const env = { INPUT: JSON.stringify(input) };
    return execa("node", ["commands/gpu-capacity.ts"], { cwd: checkout, env, reject: false });
  }

  function writeConfig(data: Record<string, string>, where = namespace): Promise<AnyObject> {
    const metadata = { name: configMap, namespace: where };
    return client.apply(
      { apiVersion: "v1", kind: "ConfigMap", metadata, data },
      {
        fieldManager: "gpu-gate-test",
        force: true,
      },
    );
  }

  // Through the lab's own config, so that the plugins really start anew. It is waited for: a gate that is asked while nodes
  // still come to it finds them right.
  async function setPolicy(config: unknown): Promise<void> {
    const patch = (next: unknown) => client.mergePatch({ ...policyKey, spec: { devicePlugin: { config: next } } });
    await patch(ownConfig);
    await until(async () => (await gpuNodes()).every((it) => slicesOf(it) === gpus * 8 && !sharesByMps(it)));
    await patch(config);
  }

  async function removeConfigs(): Promise<void> {
    for (const where of [namespace, "default"])
      await client.delete({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: configMap, namespace: where } });
  }

  function gpuNodes(): Promise<AnyObject[]> {
    return client.list("v1", "Node", { labelSelector: "nvidia.com/gpu.present=true" });
  }

  function slicesOf({ status }: AnyObject): number {
    return Number((status as { allocatable: Record<string, string> }).allocatable["nvidia.com/gpu"]);
  }

  async function until(isSo: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + 30_000;
    while (!(await isSo())) {
      if (Date.now() > deadline) throw new Error("not within 30 s");
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
});
