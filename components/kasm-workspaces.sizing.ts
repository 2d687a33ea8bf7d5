/** Sizes that the kasm-helm chart knows (`deploymentSize`). */
export type DeploymentSize = "small" | "medium" | "large";

/** What one node offers. */
export interface NodeSize {
  readonly cpuCores: number;
  readonly memoryGiB: number;
}

/** How large Kasm's own services are made. */
export interface KasmSizing {
  readonly deploymentSize: DeploymentSize;
  /** Copies of proxy, API and manager each. The database has always one. */
  readonly replicas: number;
  /** True when even the small preset does not fit: requests are then lowered, limits stay as the chart has them. */
  readonly isCompact: boolean;
}

interface Demand {
  readonly cpuMillis: number;
  readonly memoryMiB: number;
}

/** Requests of one pod, nginx sidecars included, and copies: kasm-helm 1.1190.6, templates/_helpers.tpl. */
interface PodDemand extends Demand {
  readonly replicas: number;
}

type Pods = Record<"proxy" | "api" | "manager" | "db" | "guac" | "rdpGateway" | "rdpHttpsGateway", PodDemand>;

const pod = (replicas: number, cpuMillis: number, memoryMiB: number): PodDemand => ({ replicas, cpuMillis, memoryMiB });

const presets: Record<DeploymentSize, Pods> = {
  small: {
    proxy: pod(1, 500, 512),
    api: pod(1, 500, 512),
    manager: pod(1, 500, 512),
    db: pod(1, 750, 512),
    guac: pod(1, 1500, 768),
    rdpGateway: pod(1, 1000, 768),
    rdpHttpsGateway: pod(1, 1000, 768),
  },
  medium: {
    proxy: pod(2, 500, 512),
    api: pod(2, 500, 512),
    manager: pod(2, 500, 512),
    db: pod(1, 1500, 2048),
    guac: pod(2, 2000, 896),
    rdpGateway: pod(1, 1500, 896),
    rdpHttpsGateway: pod(2, 1500, 896),
  },
  large: {
    proxy: pod(3, 500, 512),
    api: pod(3, 500, 1024),
    manager: pod(3, 500, 1024),
    db: pod(1, 4000, 8192),
    guac: pod(3, 3000, 1536),
    rdpGateway: pod(1, 2500, 1024),
    rdpHttpsGateway: pod(3, 2500, 1024),
  },
};

// Kept free on every node for K3s itself, its packaged components and what the nodes run beside Kasm.
const reservedPerNode: Demand = { cpuMillis: 500, memoryMiB: 1024 };

/**
 * Requests of the whole preset: 5.75 cores for small, 13 for medium, 27.5 for large.
 *
 * @param copies of proxy, API and manager each, where that is more than the preset has
 */
export function presetDemand(size: DeploymentSize, copies = 1): Demand {
  const { proxy, api, manager, ...rest } = presets[size];
  const copied = [proxy, api, manager].map((one) => ({ ...one, replicas: Math.max(one.replicas, copies) }));
  return [...copied, ...Object.values(rest)].reduce<Demand>(
    (total, { replicas, cpuMillis, memoryMiB }) => ({
      cpuMillis: total.cpuMillis + replicas * cpuMillis,
      memoryMiB: total.memoryMiB + replicas * memoryMiB,
    }),
    { cpuMillis: 0, memoryMiB: 0 },
  );
}

/** Whether the nodes can hold the preset beside K3s, and one of them its largest pod. */
export function presetFits(size: DeploymentSize, nodes: number, nodeSize: NodeSize): boolean {
  const free = freePerNode(nodeSize);
  const total = presetDemand(size, copiesOn(nodes));
  const largest = Object.values(presets[size]);
  return (
    total.cpuMillis <= nodes * free.cpuMillis &&
    total.memoryMiB <= nodes * free.memoryMiB &&
    largest.every((demand) => demand.cpuMillis <= free.cpuMillis && demand.memoryMiB <= free.memoryMiB)
  );
}

/**
 * Picks the largest preset that leaves half of the cluster to desktops, or takes the wanted one. Two nodes and more get
 * two copies of what can have copies, so that one node may go down.
 */
export function kasmSizing(nodes: number, nodeSize: NodeSize, wanted?: DeploymentSize): KasmSizing {
  const half = Math.floor(nodes / 2);
  const roomy = (["large", "medium"] as const).find((size) => presetFits(size, half, nodeSize));
  const deploymentSize = wanted ?? roomy ?? "small";
  const copies = presets[deploymentSize].api.replicas;
  return {
    deploymentSize,
    // Two copies on one node survive nothing together, and their disruption budget would hold up its drain for ever.
    replicas: Math.min(nodes, Math.max(copies, copiesOn(nodes))),
    isCompact: wanted === undefined && !presetFits(deploymentSize, nodes, nodeSize),
  };
}

function copiesOn(nodes: number): number {
  return Math.min(2, nodes);
}

function freePerNode({ cpuCores, memoryGiB }: NodeSize): Demand {
  return {
    cpuMillis: cpuCores * 1000 - reservedPerNode.cpuMillis,
    memoryMiB: memoryGiB * 1024 - reservedPerNode.memoryMiB,
  };
}
