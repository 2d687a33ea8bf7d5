import { expect } from "chai";
import { gpuCapacityVerdict } from "../../../commands/gpu-capacity/verdict.ts";
import type { GpuExpectation, GpuPool, GpuSnapshot } from "../../../commands/gpu-capacity/verdict.ts";
import type { AnyObject } from "../../../kube/client.ts";
import type { Pod } from "../../../kube/kinds.ts";

const pci = "feature.node.kubernetes.io/pci-10de.present";
const configLabel = "nvidia.com/device-plugin.config";

const pool = (fields: Partial<GpuPool> = {}): GpuPool => ({
  name: "gpu",
  count: 1,
  gpusPerNode: 2,
  slicesPerNode: 16,
  labels: {},
  configKey: "shared-8",
  ...fields,
});

const expecting = (...pools: GpuPool[]): GpuExpectation => ({
  namespace: "gpu-operator",
  configMap: "time-slicing-config-abc",
  defaultKey: "shared-8",
  pools,
});

const node = (name: string, slices: number, labels: Record<string, string> = {}): AnyObject => ({
  metadata: { name, labels: { [pci]: "true", "nvidia.com/gpu.count": "2", ...labels } },
  status: { allocatable: { "nvidia.com/gpu": String(slices) } },
});

const config = (key: string) =>
  `sharing: { timeSlicing: { resources: [{ name: nvidia.com/gpu, replicas: ${key.split("-")[1] ?? ""} }] } }`;

const configMap = (namespace = "gpu-operator", ...keys: string[]): AnyObject => ({
  metadata: { namespace, name: "time-slicing-config-abc" },
  data: Object.fromEntries((keys.length > 0 ? keys : ["shared-4", "shared-8"]).map((key) => [key, config(key)])),
});

const clusterPolicy = (config: object = { name: "time-slicing-config-abc", default: "shared-8" }): AnyObject => ({
  spec: { devicePlugin: { config } },
});

const running = { conditions: [{ type: "Ready", status: "True" }] };

const plugin = (nodeName: string, status: Pod["status"] = running): Pod => ({
  kind: "Pod",
  metadata: {
    namespace: "gpu-operator",
    name: `plugin-${nodeName}`,
    labels: { app: "nvidia-device-plugin-daemonset" },
  },
  spec: { nodeName, volumes: [{ configMap: { name: "time-slicing-config-abc" } }] },
  status,
});

const seeing = (snapshot: Partial<GpuSnapshot>): GpuSnapshot => ({
  nodes: [node("a", 16)],
  configMaps: [configMap()],
  clusterPolicy: clusterPolicy(),
  pods: [plugin("a")],
  events: [],
  ...snapshot,
});

const problems = (snapshot: Partial<GpuSnapshot>, ...pools: GpuPool[]) =>
  gpuCapacityVerdict(expecting(...(pools.length > 0 ? pools : [pool()])), seeing(snapshot)).problems;

const short = (slices: number) => `node a reports ${slices} nvidia.com/gpu, expected 16 (2 x 8): `;

describe("the GPU capacity gate", () => {
  it("is content when every node reports its slices, and tells them by node", () => {
    const snapshot = seeing({ nodes: [node("b", 16), node("a", 16), { metadata: { name: "server" } }] });
    expect(gpuCapacityVerdict(expecting(pool({ count: 2 })), snapshot)).to.deep.equal({
      slices: { a: 16, b: 16 },
      problems: [],
    });
  });

  it("is content with more nodes than the pool needs, as long as each is right", () => {
    expect(problems({ nodes: [node("a", 16), node("b", 16)] })).to.deep.equal([]);
    expect(problems({ nodes: [node("a", 16), node("b", 2)] })).to.have.length(1);
  });

  it("names a pool that lacks nodes, and what makes a node count", () => {
    expect(problems({ nodes: [] })).to.deep.equal([
      `pool gpu has 0 of 1 GPU nodes: a node counts once node-feature-discovery labelled it ${pci}=true; is a node missing, or its taint not tolerated?`,
    ]);
  });

  it("names the labels that a pool's nodes need, and how to set them", () => {
    const small = pool({ name: "small", slicesPerNode: 8, configKey: "shared-4", labels: { kind: "small" } });
    expect(problems({ nodes: [node("a", 16)] }, pool(), small)).to.deep.equal([
      `pool small has 0 of 1 GPU nodes: its nodes need the labels kind=small ${configLabel}=shared-4 (kubectl label node NAME kind=small ${configLabel}=shared-4)`,
    ]);
  });

  it("tells a node of a labelled pool whose config label is missing", () => {
    const small = pool({ name: "small", slicesPerNode: 8, configKey: "shared-4", labels: { kind: "small" } });
    expect(problems({ nodes: [node("a", 16, { kind: "small" })] }, small)).to.deep.equal([
      `node a reports 16 nvidia.com/gpu, expected 8 (2 x 4): config shared-8 holds here, pool small wants shared-4 (kubectl label --overwrite node a ${configLabel}=shared-4)`,
    ]);
  });

  it("finds the pool of unlabelled nodes by their config and their number of GPUs", () => {
    const one = pool({ name: "one", gpusPerNode: 1, slicesPerNode: 8 });
    const nodes = [node("a", 16), node("b", 8, { "nvidia.com/gpu.count": "1" })];
    expect(problems({ nodes }, one, pool())).to.deep.equal([]);
  });

  it("tells slices of the right number that MPS makes, and why", () => {
    const nodes = [node("a", 16, { "nvidia.com/gpu.sharing-strategy": "mps" })];
    const mps = { "shared-8": config("shared-8").replace("timeSlicing", "mps") };
    const byMps = "node a reports 16 nvidia.com/gpu by MPS, expected time-slicing: ";
    expect(problems({ nodes, configMaps: [{ ...configMap(), data: mps }] })[0]).to.match(
      new RegExp(`^${byMps}config shared-8 of ConfigMap \\S+ shares by MPS, which wins over time-slicing`),
    );
    expect(problems({ nodes })[0]).to.match(new RegExp(`^${byMps}.*takes no notice of an edit in place`));
  });

  it("tells a ConfigMap that is missing", () => {
    expect(problems({ nodes: [node("a", 0)], configMaps: [] })).to.deep.equal([
      `${short(0)}ConfigMap gpu-operator/time-slicing-config-abc is missing`,
    ]);
  });

  it("tells a ConfigMap that is in another namespace", () => {
    expect(problems({ nodes: [node("a", 0)], configMaps: [configMap("kasm")] })).to.deep.equal([
      `${short(0)}ConfigMap gpu-operator/time-slicing-config-abc is missing; it is in kasm, where nothing reads it`,
    ]);
  });

  it("tells a ClusterPolicy that is missing or refers to another ConfigMap", () => {
    expect(problems({ nodes: [node("a", 2)], clusterPolicy: undefined })).to.deep.equal([
      `${short(2)}there is no ClusterPolicy; is the gpu-operator Release installed?`,
    ]);
    expect(problems({ nodes: [node("a", 2)], clusterPolicy: clusterPolicy({ name: "old" }) })).to.deep.equal([
      `${short(2)}ClusterPolicy refers to ConfigMap old instead of time-slicing-config-abc`,
    ]);
  });

  it("tells a missing default, which the plugin takes for no sharing", () => {
    const policy = clusterPolicy({ name: "time-slicing-config-abc" });
    expect(problems({ nodes: [node("a", 2)], clusterPolicy: policy })).to.deep.equal([
      `${short(2)}ClusterPolicy names no default config and the node has no label ${configLabel}, so GPUs are not shared`,
    ]);
  });

  it("tells a key that the ConfigMap does not have, by default or by label", () => {
    const policy = clusterPolicy({ name: "time-slicing-config-abc", default: "shared8" });
    expect(problems({ nodes: [node("a", 0)], clusterPolicy: policy })).to.deep.equal([
      `${short(0)}ClusterPolicy's default is shared8, which ConfigMap time-slicing-config-abc does not have (it has shared-4, shared-8)`,
    ]);
    expect(problems({ nodes: [node("a", 0, { [configLabel]: "x" })] })).to.deep.include(
      `${short(0)}label ${configLabel} is x, which ConfigMap time-slicing-config-abc does not have (it has shared-4, shared-8)`,
    );
  });

  it("tells a plugin that crashes, by container, termination message and the command for its log", () => {
    const status = {
      conditions: [{ type: "PodScheduled", status: "True" }],
      containerStatuses: [
        {
          ...{ name: "nvidia-device-plugin", ready: false, restartCount: 1 },
          state: { waiting: { reason: "CrashLoopBackOff", message: "back-off 40s" } },
          lastState: { terminated: { exitCode: 1, message: "number of replicas must be >= 2" } },
        },
      ],
    };
    expect(problems({ nodes: [node("a", 0)], pods: [plugin("a", status)] })).to.deep.equal([
      `${short(0)}device plugin pod plugin-a: container nvidia-device-plugin ended with exit code 1, and is started again. Its termination message: "number of replicas must be >= 2". See \`kubectl logs plugin-a --namespace gpu-operator --container nvidia-device-plugin --previous\``,
    ]);
  });

  it("tells a node that node-feature-discovery did not label", () => {
    const unlabelled = { ...node("a", 2), metadata: { name: "a", labels: { "nvidia.com/gpu.count": "2" } } };
    expect(problems({ nodes: [unlabelled] })[0]).to.equal(
      `${short(2)}label ${pci} is missing; is node-feature-discovery running, and does it tolerate the node's taints?`,
    );
  });

  it("tells a plugin that has not come yet, or not registered yet", () => {
    expect(problems({ nodes: [node("a", 0)], pods: [] })).to.deep.equal([`${short(0)}no device plugin pod on it yet`]);
    expect(problems({ nodes: [node("a", 0)] })).to.deep.equal([
      `${short(0)}the device plugin has not registered them yet`,
    ]);
  });

  it("tells a config that does not make the slices, and how to get the right one back", () => {
    const edited = { ...configMap(), data: { "shared-8": config("shared-4") } };
    expect(problems({ nodes: [node("a", 8)], configMaps: [edited] })).to.deep.equal([
      `${short(8)}config shared-8 of ConfigMap gpu-operator/time-slicing-config-abc has replicas: 4 instead of 8 (kubectl delete configmap -n gpu-operator time-slicing-config-abc, then pulumi up --refresh)`,
    ]);
  });

  it("tells a plugin that did not notice an edit in place", () => {
    const restart =
      "kubectl rollout restart -n gpu-operator daemonset/nvidia-device-plugin-daemonset daemonset/gpu-feature-discovery";
    expect(problems({ nodes: [node("a", 8)] })).to.deep.equal([
      `${short(8)}the device plugin runs with an older text of the config, since it takes no notice of an edit in place (${restart})`,
    ]);
  });

  it("tells a plugin that the rollout of a new config has not reached", () => {
    const before = { ...plugin("a"), spec: { nodeName: "a", volumes: [{ configMap: { name: "before" } }] } };
    expect(problems({ nodes: [node("a", 8)], pods: [before] })).to.deep.equal([
      `${short(8)}its device plugin still has the config before this one; the rollout goes node by node`,
    ]);
  });

  it("tells a node with another number of GPUs than the config says", () => {
    expect(problems({ nodes: [node("a", 8, { "nvidia.com/gpu.count": "1" })] })).to.deep.equal([
      `${short(8)}it has 1 GPUs, and pool gpu says 2`,
    ]);
  });

  describe("on a node where the operator's parts do not run", () => {
    const waiting = (name: string) => ({
      name,
      ready: false,
      restartCount: 0,
      state: { running: { startedAt: "2026-11-28T10:00:00Z" } },
    });
    const pulling = (name: string, image: string) => ({
      ...{ name, image, ready: false, restartCount: 0 },
      state: { waiting: { reason: "ImagePullBackOff", message: `Back-off pulling image "${image}": not found` } },
    });
    const part = (app: string, status: Pod["status"], initContainers: string[] = []): Pod => ({
      kind: "Pod",
      metadata: { namespace: "gpu-operator", name: `${app}-x1`, labels: { app } },
      spec: { nodeName: "a", initContainers: initContainers.map((name) => ({ name })) },
      status: { phase: "Pending", conditions: [{ type: "PodScheduled", status: "True" }], ...status },
    });
    const initial = (app: string, container: string) =>
      part(app, { initContainerStatuses: [waiting(container)] }, [container]);
    const event = (pod: string, message: string): AnyObject => ({
      involvedObject: { kind: "Pod", namespace: "gpu-operator", name: pod },
      type: "Warning",
      reason: "FailedCreatePodSandBox",
      message,
      lastTimestamp: "2026-11-28T10:05:00Z",
    });

    it("tells a host without a driver, where all parts wait for it", () => {
      const pods = [
        initial("nvidia-container-toolkit-daemonset", "driver-validation"),
        initial("nvidia-device-plugin-daemonset", "toolkit-validation"),
        initial("nvidia-operator-validator", "driver-validation"),
      ];
      expect(problems({ nodes: [node("a", 0)], pods })[0]).to.match(
        /^node a reports 0 nvidia\.com\/gpu, expected 16 \(2 x 8\): node a has no working NVIDIA driver: .*container toolkit pod nvidia-container-toolkit-daemonset-x1.*driver-validation/,
      );
    });

    it("tells a containerd that does not know the runtime nvidia", () => {
      const pods = [part("nvidia-device-plugin-daemonset", {})];
      const events = [
        event(
          "nvidia-device-plugin-daemonset-x1",
          'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to get sandbox runtime: no runtime for "nvidia" is configured',
        ),
      ];
      expect(problems({ nodes: [node("a", 0)], pods, events })[0]).to.match(
        /containerd of node a does not know the runtime nvidia \(device plugin pod nvidia-device-plugin-daemonset-x1 says: /,
      );
    });

    for (const [app, name, image] of [
      ["nvidia-driver-daemonset", "driver", "nvcr.io/nvidia/driver:580.95.05-debian13"],
      ["nvidia-container-toolkit-daemonset", "container toolkit", "nvcr.io/nvidia/k8s/container-toolkit:v1.19.1"],
    ] as const)
      it(`tells an image of the ${name} that does not come`, () => {
        const pods = [
          part(app, { containerStatuses: [pulling("main", image)] }),
          initial("nvidia-operator-validator", "driver-validation"),
        ];
        const [told = ""] = problems({ nodes: [node("a", 0)], pods });
        expect(told)
          .to.contain(`${name} pod ${app}-x1: `)
          .and.contain(image)
          .and.not.contain("has no working NVIDIA driver");
      });

    for (const label of ["nvidia.com/gpu.deploy.operands=false", "nvidia.com/gpu.workload.config=vm-passthrough"])
      it(`tells the label ${label}, which keeps the operator's pods off`, () => {
        const [key = "", value = ""] = label.split("=");
        expect(problems({ nodes: [node("a", 0, { [key]: value })], pods: [] })).to.deep.equal([
          `${short(0)}its label ${label} keeps the GPU operator's pods off it. If desktops are to use its GPUs, take the label off. (kubectl label node a ${key}-)`,
        ]);
      });
  });

  describe("for a node that is not Ready", () => {
    const silent = { type: "Ready", status: "Unknown", message: "Kubelet stopped posting node status." };
    const lost = (name: string): AnyObject => ({
      ...node(name, 16),
      status: { allocatable: { "nvidia.com/gpu": "16" }, conditions: [silent] },
    });

    it("names it, whatever it last reported", () => {
      expect(problems({ nodes: [lost("a")] })).to.deep.equal([
        "node a is not Ready (Kubelet stopped posting node status.): the 16 nvidia.com/gpu that it reports are from before",
      ]);
    });

    it("is content where others are enough, and counts none of its slices", () => {
      const snapshot = seeing({ nodes: [lost("a"), node("b", 16)] });
      expect(gpuCapacityVerdict(expecting(pool()), snapshot)).to.deep.equal({ slices: { b: 16 }, problems: [] });
    });
  });
});
