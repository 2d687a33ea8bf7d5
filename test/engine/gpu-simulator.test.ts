import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { ClusterClient, loadKubeConfig } from "../../kube/client.ts";
import type { AnyObject } from "../../kube/client.ts";

// Plays with the lab's own ClusterPolicy and puts it back. Facts gpu 2.2 and 3 seen from outside: nodes and pods.
const daemonSets = ["nvidia-device-plugin-daemonset", "gpu-feature-discovery"];
const configLabel = "nvidia.com/device-plugin.config";
const policyKey = { apiVersion: "nvidia.com/v1", kind: "ClusterPolicy", metadata: { name: "cluster-policy" } };

describe("GPU simulator on the lab", function () {
  this.timeout(60_000);
  let client: ClusterClient;
  let namespace: string;
  let nodeName: string;
  let gpus: number;
  let ownConfig: unknown;

  before(async () => {
    client = new ClusterClient(loadKubeConfig());
    const policy = await client.get(policyKey);
    if (!policy) throw new Error("The lab has no ClusterPolicy: run `npm run lab` with GPUs in its stack first");
    namespace = (policy.status as { namespace: string }).namespace;
    ownConfig = (policy.spec as { devicePlugin: { config?: unknown } }).devicePlugin.config ?? null;
    const [node] = await client.list("v1", "Node", { labelSelector: "nvidia.com/gpu.present=true" });
    nodeName = node?.metadata?.name ?? "";
    gpus = Number(node?.metadata?.annotations?.["lab.kasm-vdi/gpus"]);
    await writeConfig("gpu-test", {
      eight: shared(8),
      four: shared(4),
      three: shared(3),
      broken: shared(1),
      renamed: renamed(2),
    });
  });

  after(async () => {
    await label(null);
    await setPolicy(ownConfig);
    await untilPolicy("Reconciled");
    for (const name of ["gpu-test", "gpu-test-elsewhere"])
      await client.delete({ apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace } });
    await client.delete({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "gpu-test-elsewhere", namespace: "default" },
    });
    await client.config.close();
  });

  afterEach(() => label(null));

  it("gives GPUs x replicas, the labels and a Reconciled ClusterPolicy for a right config", async () => {
    await setPolicy({ name: "gpu-test", default: "three" });
    await untilCapacity({ "nvidia.com/gpu": String(gpus * 3) });
    await untilLabels({ replicas: "3", "sharing-strategy": "time-slicing", count: String(gpus) });
    await untilPolicy("Reconciled");
  });

  it("stays at 1x without a word when the ClusterPolicy gives no default", async () => {
    await setPolicy({ name: "gpu-test", default: "" });
    await untilCapacity({ "nvidia.com/gpu": String(gpus) });
    await untilLabels({ replicas: "1", "sharing-strategy": "none" });
    await untilPolicy("Reconciled");
  });

  it("follows the node's label without a restart", async () => {
    await setPolicy({ name: "gpu-test", default: "eight" });
    await untilCapacity({ "nvidia.com/gpu": String(gpus * 8) });
    await untilPolicy("Reconciled");
    const before = await podNames();
    await label("four");
    await untilCapacity({ "nvidia.com/gpu": String(gpus * 4) });
    expect(await podNames()).to.deep.equal(before);
  });

  it("crashes config-manager for a key that does not exist, and reports no operand ready", async () => {
    await setPolicy({ name: "gpu-test", default: "egiht" });
    await untilPod("nvidia-device-plugin-daemonset", (pod) => waitingReasons(pod).includes("CrashLoopBackOff"));
    await untilPolicy("OperandNotReady");
  });

  it("waits in Init with FailedMount when the ConfigMap is in another namespace, until it is where it belongs", async () => {
    await writeConfig("gpu-test-elsewhere", { eight: shared(8) }, "default");
    await setPolicy({ name: "gpu-test-elsewhere", default: "eight" });
    await untilPod("nvidia-device-plugin-daemonset", (pod) => waitingReasons(pod).includes("PodInitializing"));
    await until(async () => {
      const events = await client.list("v1", "Event", { namespace, fieldSelector: "reason=FailedMount" });
      return events.some((event) => String(event.message).includes('configmap "gpu-test-elsewhere" not found'));
    }, "an event FailedMount");
    await untilPolicy("OperandNotReady");
    await writeConfig("gpu-test-elsewhere", { eight: shared(8) });
    await untilPolicy("Reconciled");
  });

  it("crashes the plugin and drops to 0 for a config that it refuses", async () => {
    await setPolicy({ name: "gpu-test", default: "broken" });
    // The rollout stops at the first node that breaks, whichever that is.
    await until(async () => {
      const nodes = await client.list("v1", "Node", { labelSelector: "nvidia.com/gpu.present=true" });
      return nodes.some(
        ({ status }) => (status as { capacity: Record<string, string> }).capacity["nvidia.com/gpu"] === "0",
      );
    }, "a node without capacity");
    await untilPod("nvidia-device-plugin-daemonset", (pod) => waitingReasons(pod).includes("CrashLoopBackOff"));
  });

  it("moves to nvidia.com/gpu.shared with renameByDefault", async () => {
    await setPolicy({ name: "gpu-test", default: "renamed" });
    await untilCapacity({ "nvidia.com/gpu": "0", "nvidia.com/gpu.shared": String(gpus * 2) });
  });

  it("changes nothing for an edit under the same name, until the DaemonSets are restarted", async () => {
    await setPolicy({ name: "gpu-test", default: "eight" });
    await untilCapacity({ "nvidia.com/gpu": String(gpus * 8) });
    await untilPolicy("Reconciled");
    await writeConfig("gpu-test", { eight: shared(16), four: shared(4) });
    await sleep(2_000);
    expect(await capacity()).to.include({ "nvidia.com/gpu": String(gpus * 8) });
    for (const name of daemonSets) await restart(name);
    await untilCapacity({ "nvidia.com/gpu": String(gpus * 16) });
    await untilLabels({ replicas: "16" });
  });

  const shared = (replicas: number) =>
    `sharing: { timeSlicing: { resources: [{ name: nvidia.com/gpu, replicas: ${replicas} }] } }`;
  const renamed = (replicas: number) => shared(replicas).replace("{ resources", "{ renameByDefault: true, resources");

  function writeConfig(name: string, data: Record<string, string>, where = namespace): Promise<AnyObject> {
    const configMap = { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: where }, data };
    return client.apply(configMap, { fieldManager: "gpu-test", force: true });
  }

  async function setPolicy(config: unknown): Promise<void> {
    await client.mergePatch({ ...policyKey, spec: { devicePlugin: { config } } });
  }

  async function label(value: string | null): Promise<void> {
    const labels = { [configLabel]: value };
    await client.mergePatch({ apiVersion: "v1", kind: "Node", metadata: { name: nodeName, labels } } as AnyObject);
  }

  async function restart(name: string): Promise<void> {
    const annotations = { "kubectl.kubernetes.io/restartedAt": new Date().toISOString() };
    const spec = { template: { metadata: { annotations } } };
    await client.mergePatch({ apiVersion: "apps/v1", kind: "DaemonSet", metadata: { name, namespace }, spec });
  }

  async function node(): Promise<AnyObject> {
    return (await client.get({ apiVersion: "v1", kind: "Node", metadata: { name: nodeName } })) ?? {};
  }

  async function capacity(): Promise<Record<string, string>> {
    return ((await node()).status as { capacity: Record<string, string> }).capacity;
  }

  async function podNames(): Promise<string[]> {
    const pods = await client.list("v1", "Pod", { namespace, labelSelector: `app in (${daemonSets.join(",")})` });
    return pods.map(({ metadata }) => metadata?.name ?? "").sort();
  }

  async function untilCapacity(wanted: Record<string, string>): Promise<void> {
    await until(
      async () => {
        const now = await capacity();
        return Object.entries(wanted).every(([name, count]) => now[name] === count);
      },
      `capacity ${JSON.stringify(wanted)}`,
    );
  }

  async function untilLabels(wanted: Record<string, string>): Promise<void> {
    await until(
      async () => {
        const labels = (await node()).metadata?.labels ?? {};
        return Object.entries(wanted).every(([name, value]) => labels[`nvidia.com/gpu.${name}`] === value);
      },
      `labels ${JSON.stringify(wanted)}`,
    );
  }

  async function untilPolicy(reason: string): Promise<void> {
    await until(async () => {
      const policy = await client.get(policyKey);
      const { conditions = [] } = (policy?.status ?? {}) as { conditions?: { reason: string }[] };
      return conditions.some((condition) => condition.reason === reason);
    }, `ClusterPolicy ${reason}`);
  }

  async function untilPod(app: string, isSo: (pod: AnyObject) => boolean): Promise<void> {
    await until(async () => {
      const pods = await client.list("v1", "Pod", { namespace, labelSelector: `app=${app}` });
      return pods.some(isSo);
    }, `a pod of ${app} as wanted`);
  }

  async function until(isSo: () => Promise<boolean>, what: string): Promise<void> {
    const deadline = Date.now() + 20_000;
    while (!(await isSo())) {
      if (Date.now() > deadline) throw new Error(`not within 20 s: ${what}`);
      await sleep(100);
    }
  }

  function waitingReasons(pod: AnyObject): string[] {
    const { containerStatuses = [], initContainerStatuses = [] } = (pod.status ?? {}) as Record<
      string,
      { state: { waiting?: { reason: string } } }[] | undefined
    >;
    return [...initContainerStatuses, ...containerStatuses].flatMap(({ state }) => state.waiting?.reason ?? []);
  }
});
