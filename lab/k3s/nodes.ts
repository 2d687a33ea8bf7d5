import { requiredNodeLabels } from "../../components/capacity/node-pool.ts";
import type { NodePool, NodeSize } from "../../components/capacity/node-pool.ts";
import type { AnyObject } from "../../kube/client.ts";
import { agentArgs, nodeArgsAnnotation, serverArgs, stockServer } from "./node-arguments.ts";
import type { ServerFlags } from "./node-arguments.ts";

export const k3sVersion = "v1.35.4+k3s1";
/** The node of the server, whose name the field managers of K3s's controllers carry. */
export const serverName = "k3s-server-0";
export const poolLabel = "lab.kasm-vdi/pool";
/** Physical GPUs in the machine: a fact about its PCI bus that no label tells. */
export const gpuAnnotation = "lab.kasm-vdi/gpus";
/** Keys of the labels that came from the stack (`--node-label` of K3s), so that they can be taken away again. */
export const nodeLabelsAnnotation = "lab.kasm-vdi/node-labels";
const ordinalAnnotation = "lab.kasm-vdi/ordinal";

// K3s gives each node a /24 of its cluster-cidr 10.42.0.0/16, so 256 nodes are all that fit.
const maxNodes = 256;

/** The machines of a stack. `nodeSize` is that of the smallest, and of pools that do not say their own. */
export interface Machines {
  readonly pools: readonly NodePool[];
  readonly nodeSize: NodeSize;
}

/**
 * The Node objects of the given machines as K3s registers them: the first node is the server, the others are agents.
 * Pod and node addresses follow a node's ordinal, which nodes named in `taken` keep, because podCIDR is immutable.
 *
 * @param taken ordinals by node name, from {@link nodeOrdinals} of the nodes that exist
 * @param flags how the server was started
 * @throws Error for more than 256 nodes
 */
export function desiredNodes(
  { pools, nodeSize }: Machines,
  taken: Map<string, number> = new Map(),
  flags: ServerFlags = stockServer,
): AnyObject[] {
  const names = pools.flatMap((pool, poolIndex) =>
    Array.from({ length: pool.count }, (_, index) => ({ pool, name: nodeName(pool, poolIndex, index) })),
  );
  if (names.length > maxNodes) {
    throw new Error(
      `${names.length} nodes do not fit in the cluster CIDR 10.42.0.0/16 of K3s: it has room for ${maxNodes}`,
    );
  }
  const ordinals = assignOrdinals(
    names.map(({ name }) => name),
    taken,
  );
  const agent = agentArgs(nodeAddress(ordinals.get(serverName) ?? 0), flags);
  return names.map(({ pool, name }) => {
    const args = name === serverName ? serverArgs(flags) : agent;
    return node(pool, name, ordinals.get(name) ?? 0, requiredNodeLabels(pool, pools), pool.nodeSize ?? nodeSize, args);
  });
}

/** The ordinals that existing nodes were made with, by node name. */
export function nodeOrdinals(nodes: AnyObject[]): Map<string, number> {
  return new Map(
    nodes.flatMap(({ metadata }) => {
      const ordinal = metadata?.annotations?.[ordinalAnnotation];
      return metadata?.name && ordinal !== undefined ? [[metadata.name, Number(ordinal)] as const] : [];
    }),
  );
}

function nodeName(pool: NodePool, poolIndex: number, index: number): string {
  return poolIndex === 0 && index === 0 ? serverName : `k3s-${pool.name}-${index}`;
}

function assignOrdinals(names: string[], taken: Map<string, number>): Map<string, number> {
  const used = new Set(names.map((name) => taken.get(name)));
  let next = 0;
  return new Map(
    names.map((name) => {
      const kept = taken.get(name);
      if (kept !== undefined) return [name, kept];
      while (used.has(next)) next++;
      used.add(next);
      return [name, next];
    }),
  );
}

function node(
  pool: NodePool,
  name: string,
  ordinal: number,
  stackLabels: Record<string, string>,
  size: NodeSize,
  args: string,
): AnyObject {
  const ip = nodeAddress(ordinal);
  const podCIDR = `10.42.${ordinal}.0/24`;
  const metadata = {
    name,
    labels: {
      "beta.kubernetes.io/arch": "amd64",
      "beta.kubernetes.io/instance-type": "k3s",
      "beta.kubernetes.io/os": "linux",
      "kubernetes.io/arch": "amd64",
      "kubernetes.io/hostname": name,
      "kubernetes.io/os": "linux",
      "node.kubernetes.io/instance-type": "k3s",
      ...(name === serverName && { "node-role.kubernetes.io/control-plane": "true" }),
      [poolLabel]: pool.name,
      ...stackLabels,
    },
    annotations: {
      "alpha.kubernetes.io/provided-node-ip": ip,
      "flannel.alpha.coreos.com/backend-type": "vxlan",
      "flannel.alpha.coreos.com/kube-subnet-manager": "true",
      "flannel.alpha.coreos.com/public-ip": ip,
      "k3s.io/hostname": name,
      "k3s.io/internal-ip": ip,
      [nodeArgsAnnotation]: args,
      "k3s.io/node-env": "{}",
      "kwok.x-k8s.io/node": "fake",
      [ordinalAnnotation]: String(ordinal),
      [nodeLabelsAnnotation]: JSON.stringify(Object.keys(stackLabels).sort()),
      [gpuAnnotation]: String(pool.gpusPerNode),
    },
  };
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata,
    spec: { podCIDR, podCIDRs: [podCIDR], providerID: `k3s://${name}` },
    status: {
      addresses: [
        { type: "InternalIP", address: ip },
        { type: "Hostname", address: name },
      ],
      ...resources(size),
      nodeInfo: {
        architecture: "amd64",
        bootID: identifier(0xb0, ordinal),
        containerRuntimeVersion: "containerd://2.2.3-k3s1",
        kernelVersion: "6.8.0-79-generic",
        kubeProxyVersion: "",
        kubeletVersion: k3sVersion,
        machineID: identifier(0xa0, ordinal).replaceAll("-", ""),
        operatingSystem: "linux",
        osImage: "Ubuntu 24.04.3 LTS",
        systemUUID: identifier(0xc0, ordinal),
      },
    },
  };
}

// 198.18.0.0/15 is set aside for benchmarks (RFC 2544): never a real network, yet unlike 192.0.2.0/24 large enough.
function nodeAddress(ordinal: number): string {
  const host = ordinal + 10;
  return `198.18.${Math.floor(host / 256)}.${host % 256}`;
}

function identifier(kind: number, ordinal: number): string {
  return `${kind.toString(16)}000000-0000-4000-8000-${ordinal.toString(16).padStart(12, "0")}`;
}

const diskKi = 500 * 1024 * 1024;

function resources({ cpuCores, memoryGiB }: NodeSize) {
  const capacity = {
    cpu: String(cpuCores),
    memory: `${Math.floor(memoryGiB * 1024 * 1024)}Ki`,
    "ephemeral-storage": `${diskKi}Ki`,
    "hugepages-1Gi": "0",
    "hugepages-2Mi": "0",
    pods: "110",
  };
  // K3s reserves nothing for the system; the kubelet keeps 5 % of the disk free (K3s's eviction threshold).
  return { capacity, allocatable: { ...capacity, "ephemeral-storage": String(diskKi * 1024 * 0.95) } };
}
