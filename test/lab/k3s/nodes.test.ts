import { expect } from "chai";
import fc from "fast-check";
import type { NodePool } from "../../../components/capacity/node-pool.ts";
import type { AnyObject } from "../../../kube/client.ts";
import { planNodes } from "../../../lab/k3s/apply-nodes.ts";
import { desiredNodes, nodeOrdinals } from "../../../lab/k3s/nodes.ts";

function pool(name: string, count: number, more: Partial<NodePool> = {}): NodePool {
  return { name, count, gpusPerNode: 0, replicasPerGpu: 1, labels: {}, ...more };
}

const nodeSize = { cpuCores: 8, memoryGiB: 32 };
const machines = (...pools: NodePool[]) => ({ pools, nodeSize });
const names = (nodes: AnyObject[]) => nodes.map(({ metadata }) => metadata?.name);
const addresses = (node: AnyObject) => (node.status as { addresses: { type: string; address: string }[] }).addresses;
const nodeArgs = ({ metadata }: AnyObject) => JSON.parse(metadata?.annotations?.["k3s.io/node-args"] ?? "") as string[];
const podCidr = (node: AnyObject) => (node.spec as { podCIDR: string }).podCIDR;

const anyPools = fc.uniqueArray(
  fc.record({ name: fc.constantFrom("a", "b", "c", "d"), count: fc.integer({ min: 1, max: 12 }), gpus: fc.nat(4) }),
  { selector: ({ name }) => name, minLength: 1 },
);
const toMachines = (drawn: { name: string; count: number; gpus: number }[]) =>
  machines(...drawn.map(({ name, count, gpus }) => pool(name, count, { gpusPerNode: gpus, replicasPerGpu: 8 })));

describe("simulated K3s nodes", () => {
  it("are one server and agents named after their pool", () => {
    expect(names(desiredNodes(machines(pool("main", 2), pool("gpu", 2))))).to.deep.equal([
      "k3s-server-0",
      "k3s-main-1",
      "k3s-gpu-0",
      "k3s-gpu-1",
    ]);
  });

  it("look like K3s: version, instance type, server roles, an internal address and no external one", () => {
    const [server] = desiredNodes(machines(pool("main", 1)));
    expect(server?.metadata?.labels).to.include({
      "node.kubernetes.io/instance-type": "k3s",
      "node-role.kubernetes.io/control-plane": "true",
      "kubernetes.io/hostname": "k3s-server-0",
    });
    expect(server?.metadata?.labels).not.to.have.property("node-role.kubernetes.io/master");
    expect(server?.spec).to.include({ providerID: "k3s://k3s-server-0" });
    expect(server?.metadata?.annotations).to.include({
      "k3s.io/hostname": "k3s-server-0",
      "k3s.io/internal-ip": "198.18.0.10",
      "k3s.io/node-env": "{}",
      "flannel.alpha.coreos.com/backend-type": "vxlan",
    });
    expect((server?.status as { nodeInfo: object }).nodeInfo).to.include({ kubeletVersion: "v1.35.4+k3s1" });
    expect(addresses(server!).map(({ type }) => type)).to.deep.equal(["InternalIP", "Hostname"]);
  });

  it("tell how their K3s was started, flags and values apart, and no token", () => {
    const started = desiredNodes(machines(pool("main", 2)), new Map(), {
      httpsListenPort: 26443,
      disable: ["traefik"],
    });
    expect(started.map(nodeArgs)).to.deep.equal([
      ["server", "--https-listen-port", "26443", "--disable", "traefik"],
      ["agent", "--server", "https://198.18.0.10:26443", "--token", "********"],
    ]);
    expect(desiredNodes(machines(pool("main", 1))).map(nodeArgs)).to.deep.equal([["server"]]);
  });

  it("carry their GPUs as a fact of the machine and no GPU label: labels are NFD's to give", () => {
    const [node] = desiredNodes(machines(pool("gpu", 1, { gpusPerNode: 2 })));
    expect(node?.metadata?.annotations).to.include({ "lab.kasm-vdi/gpus": "2" });
    expect(Object.keys(node?.metadata?.labels ?? {}).filter((key) => /nvidia|pci/.test(key))).to.deep.equal([]);
  });

  it("carry the labels that the stack asks K3s to set, the device plugin's config of odd pools among them", () => {
    const pools = [
      pool("a", 2, { gpusPerNode: 1, replicasPerGpu: 8 }),
      pool("b", 1, { gpusPerNode: 1, replicasPerGpu: 4, labels: { zone: "x" } }),
    ];
    expect(desiredNodes(machines(...pools))[2]?.metadata?.labels).to.include({
      zone: "x",
      "nvidia.com/device-plugin.config": "shared-4",
    });
  });

  it("never share an address or a pod network, whatever pools come and go", () => {
    fc.assert(
      fc.property(anyPools, anyPools, (first, second) => {
        const before = desiredNodes(toMachines(first));
        const after = desiredNodes(toMachines(second), nodeOrdinals(before));
        expect(new Set(after.map(podCidr)).size).to.equal(after.length);
        const kept = new Map(before.map((node) => [node.metadata?.name, podCidr(node)]));
        for (const node of after)
          if (kept.has(node.metadata?.name)) expect(podCidr(node)).to.equal(kept.get(node.metadata?.name));
      }),
    );
  });

  it("do not fit in K3s's cluster network beyond 256", () => {
    expect(desiredNodes(machines(pool("a", 256)))).to.have.length(256);
    expect(() => desiredNodes(machines(pool("a", 257)))).to.throw("257 nodes do not fit");
  });

  it("take over the places of nodes that leave", () => {
    const replaced = desiredNodes(machines(pool("b", 256)), nodeOrdinals(desiredNodes(machines(pool("a", 256)))));
    expect(replaced.map(podCidr)).to.include("10.42.255.0/24").and.not.include("10.42.256.0/24");
  });
});

describe("changes of the machines", () => {
  it("are none when the pools stay", () => {
    fc.assert(
      fc.property(anyPools, (drawn) => {
        const plan = planNodes(toMachines(drawn), desiredNodes(toMachines(drawn)));
        expect(plan).to.deep.equal({ create: [], patch: [], resize: [], remove: [] });
      }),
    );
  });

  it("are none when the API server has the same size in a form of its own", () => {
    const [node] = desiredNodes(machines(pool("main", 1)));
    const { capacity, allocatable } = node?.status as Record<"capacity" | "allocatable", Record<string, string>>;
    const written = (resources: Record<string, string>) => ({ ...resources, memory: "32Gi" });
    const present = { ...node, status: { capacity: written(capacity), allocatable: written(allocatable) } };
    expect(planNodes(machines(pool("main", 1)), [present]).resize).to.deep.equal([]);
  });

  it("leave a server that runs without a component as it was started", () => {
    const present = desiredNodes(machines(pool("main", 1)), new Map(), { httpsListenPort: 6443, disable: ["traefik"] });
    expect(planNodes(machines(pool("main", 1)), present).patch).to.deep.equal([]);
  });

  it("add and remove nodes at the end of a pool", () => {
    const present = desiredNodes(machines(pool("main", 1), pool("gpu", 2)));
    const plan = planNodes(machines(pool("main", 2), pool("gpu", 1)), present);
    expect(names(plan.create)).to.deep.equal(["k3s-main-1"]);
    expect(plan.remove).to.deep.equal(["k3s-gpu-1"]);
  });

  it("put a card into a node without touching anything else of it", () => {
    const present = desiredNodes(machines(pool("main", 1)));
    const plan = planNodes(machines(pool("main", 1, { gpusPerNode: 1 })), present);
    expect(plan.patch.map(({ metadata }) => metadata)).to.deep.equal([
      { name: "k3s-server-0", annotations: { "lab.kasm-vdi/gpus": "1" } },
    ]);
  });

  it("give a node other cores and memory, and leave its GPUs to the device plugin", () => {
    const [node] = desiredNodes(machines(pool("gpu", 1, { gpusPerNode: 1 })));
    const { capacity, allocatable } = node?.status as Record<"capacity" | "allocatable", Record<string, string>>;
    const withGpu = (resources: Record<string, string>) => ({ ...resources, "nvidia.com/gpu": "8" });
    const present = { ...node, status: { capacity: withGpu(capacity), allocatable: withGpu(allocatable) } };
    const smaller = { ...machines(pool("gpu", 1, { gpusPerNode: 1 })), nodeSize: { cpuCores: 4, memoryGiB: 8 } };
    const size = { cpu: "4", memory: "8388608Ki" };
    expect(planNodes(smaller, [present])).to.deep.equal({
      create: [],
      patch: [],
      resize: [
        {
          apiVersion: "v1",
          kind: "Node",
          metadata: { name: "k3s-server-0" },
          status: { capacity: size, allocatable: size },
        },
      ],
      remove: [],
    });
  });

  it("take away labels that the stack gave before, and leave labels that others set", () => {
    const [node] = desiredNodes(machines(pool("main", 1, { labels: { site: "a" } })));
    const labels = { ...node?.metadata?.labels, other: "b" };
    const present = { ...node, metadata: { ...node?.metadata, labels } };
    const [patch] = planNodes(machines(pool("main", 1)), [present]).patch;
    expect(patch?.metadata?.labels).to.deep.equal({ site: null });
  });
});
