import { nodeChecks } from "../../../analyzers/preflight/nodes.ts";
import { cases, node, ready } from "./cluster.ts";

const join = "Join the missing ones to the cluster and mend or uncordon the others, or lower kasm-vdi:nodeCount";
const pools = (...list: { name: string; count: number; gpusPerNode?: number; labels?: Record<string, string> }[]) =>
  list.map((pool) => ({ gpusPerNode: 0, labels: {}, ...pool }));
const machine = (cpu: string, memory: string, disk: string) => ({ cpu, memory, "ephemeral-storage": disk });

// As K3s v1.35.4 registers the node of its server: control-plane, and no role master beside it.
const server = {
  metadata: {
    name: "server-1",
    annotations: { "k3s.io/node-args": '["server"]', "k3s.io/node-env": "{}" },
    finalizers: ["wrangler.cattle.io/node"],
    labels: {
      "kubernetes.io/arch": "amd64",
      "kubernetes.io/hostname": "server-1",
      "node-role.kubernetes.io/control-plane": "true",
      "node.kubernetes.io/instance-type": "k3s",
    },
  },
  spec: { podCIDR: "10.42.0.0/24", providerID: "k3s://server-1" },
  status: {
    capacity: machine("4", "24684084Ki", "264212084Ki"),
    allocatable: machine("4", "24684084Ki", "257025515114"),
    conditions: [{ type: "MemoryPressure", status: "False" }, ready],
    nodeInfo: { architecture: "amd64", kubeletVersion: "v1.35.4+k3s1" },
  },
};

describe("preflight's checks of nodes", () => {
  cases(nodeChecks, [
    {
      title: "take the node of a server, which nothing but its role control-plane sets apart",
      expected: { nodeCount: 1, pools: pools({ name: "main", count: 1 }) },
      seen: { nodes: [server] },
      finds: [],
    },
    {
      title: "ask for as many nodes as the config says",
      expected: { nodeCount: 3 },
      finds: [`required~ nodes: 2 of 3 can be used. ${join}`],
    },
    {
      title: "name each node that cannot be used, and why",
      seen: {
        nodes: [
          node("a", {
            conditions: [{ type: "Ready", status: "Unknown", message: "Kubelet stopped posting node status." }],
          }),
          node("b", { spec: { unschedulable: true } }),
          node("c", { conditions: [ready, { type: "DiskPressure", status: "True" }] }),
        ],
      },
      expected: { nodeCount: 3 },
      finds: [
        `required~ nodes: 0 of 3 can be used; not a (not Ready: Kubelet stopped posting node status.), b (cordoned) and c (DiskPressure). ${join}`,
      ],
    },
    {
      title: "only tell of a cordoned node when there are enough others",
      seen: { nodes: [node("a"), node("b"), node("c", { spec: { unschedulable: true } })] },
      finds: [
        "recommended nodes: these cannot be used: c (cordoned). Mend or uncordon them",
        "recommended nodes: the cluster has 3, kasm-vdi:nodeCount says 2. Set it to 3: replicas and capacity follow from it",
      ],
    },
    {
      title: "tell taints that people set, and leave out those that mirror conditions",
      seen: {
        nodes: [
          node("a", { spec: { taints: [{ key: "gpu", value: "yes", effect: "NoSchedule" }] } }),
          node("b", {
            spec: {
              taints: [
                { key: "node.kubernetes.io/unschedulable", effect: "NoSchedule" },
                { key: "soft", effect: "PreferNoSchedule" },
              ],
            },
          }),
        ],
      },
      finds: [
        "recommended nodes: these are tainted, and Kasm's chart tolerates no taint: a (gpu=yes:NoSchedule). " +
          "Keep the taint where Kasm should stay off, else remove it: kubectl taint node NAME KEY-",
      ],
    },
    {
      title: "take what a machine of 4 GB and one of 8 GB really show",
      seen: {
        nodes: [
          node("a", { capacity: machine("4", "3915040Ki", "100Gi") }),
          node("b", { capacity: machine("4", "7300000Ki", "95Gi") }),
        ],
      },
      finds: ["recommended nodes: too few GB of memory: a (4); the least is 4, 8 are recommended. Use larger machines"],
    },
    {
      title: "refuse nodes below the least, and tell those below what is recommended",
      seen: {
        nodes: [
          node("a", { capacity: machine("1", "2Gi", "20Gi") }),
          node("b", { capacity: machine("2", "4Gi", "50Gi") }),
        ],
      },
      finds: [
        "required nodes: too few cores: a (1); the least is 2, 4 are recommended. Use larger machines",
        "recommended nodes: too few cores: b (2); the least is 2, 4 are recommended. Use larger machines",
        "required nodes: too few GB of memory: a (2.1); the least is 4, 8 are recommended. Use larger machines",
        "recommended nodes: too few GB of memory: b (4.3); the least is 4, 8 are recommended. Use larger machines",
        "required nodes: too few GB of disk: a (21.5); the least is 50, 100 are recommended. Use larger machines",
        "recommended nodes: too few GB of disk: b (53.7); the least is 50, 100 are recommended. Use larger machines",
      ],
    },
    {
      title: "do not take a size that a node does not tell for a good one",
      seen: { nodes: [node("a"), node("b", { capacity: { cpu: "4", memory: "8Gi" } })] },
      finds: ["unknown size of nodes: no ephemeral-storage is told by b. Is K3s running there?"],
    },
    {
      title: "tell of other architectures than amd64",
      seen: { nodes: [node("a"), node("b", { architecture: "arm64" })] },
      finds: [
        "recommended nodes: these are not amd64, and the images of Kasm's workspaces are: b (arm64). Use amd64 machines for desktops",
      ],
    },
    {
      title: "ask for the labels of each pool, and count a node for one pool only",
      expected: {
        pools: pools(
          { name: "all", count: 2, labels: { site: "x" } },
          { name: "big", count: 1, labels: { site: "x", size: "l" } },
        ),
      },
      seen: { nodes: [node("a", { labels: { site: "x", size: "l" } }), node("b", { labels: { site: "x" } })] },
      finds: [
        "required~ pool all: 1 of 2 nodes carry site=x. Label them: kubectl label node NAME site=x, or K3s's --node-label",
      ],
    },
    {
      title: "ask for a node that the TURN server may run on",
      expected: { turnLabels: { edge: "yes" } },
      seen: { nodes: [node("a", { labels: { edge: "no" } }), node("b")] },
      finds: [
        "required~ TURN server: no node carries edge=yes, so it would run nowhere. " +
          "Label the nodes that browsers can reach: kubectl label node NAME edge=yes",
      ],
    },
    {
      title: "take one node with the TURN server's labels",
      expected: { turnLabels: { edge: "yes" } },
      seen: { nodes: [node("a", { labels: { edge: "yes" } }), node("b")] },
      finds: [],
    },
    {
      title: "shorten long lists of names",
      expected: { nodeCount: 8 },
      seen: { nodes: ["a", "b", "c", "d", "e", "f", "g", "h"].map((name) => node(name, { architecture: "arm64" })) },
      finds: [
        "recommended nodes: these are not amd64, and the images of Kasm's workspaces are: a (arm64), b (arm64), c (arm64), " +
          "d (arm64), e (arm64) and 3 more. Use amd64 machines for desktops",
      ],
    },
  ]);
});
