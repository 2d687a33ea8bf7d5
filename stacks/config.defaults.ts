import type { ChartSource } from "../components/chart-source.ts";
import { kasmSizing } from "../components/kasm-workspaces.sizing.ts";
import type { NodePool } from "../components/node-pool.ts";
import { nodeCount } from "../components/node-pool.ts";
import type { StackConfig } from "./config.ts";
import type { RawConfig } from "./config.schema.ts";

/** Versions that this program is made for and tested with. */
const kasmChart = { chart: "kasm-helm", repo: "https://helm.kasm.com", version: "1.1190.6" };
const gpuOperatorChart = { chart: "gpu-operator", repo: "https://helm.ngc.nvidia.com/nvidia", version: "v26.7.0" };

const replicasPerGpu = 8;

/** Fills in every default and what follows from the rest. */
export function withDefaults(raw: RawConfig): StackConfig {
  const pools = poolsOf(raw);
  const nodeSize = { cpuCores: raw.nodeSize?.cpuCores ?? 4, memoryGiB: raw.nodeSize?.memoryGiB ?? 8 };
  const { kasm = {}, gpu = {} } = raw;
  return {
    domain: raw.domain,
    cluster: {
      name: raw.clusterName ?? "k3s",
      ...(raw.kubeconfig !== undefined && { kubeconfig: raw.kubeconfig }),
      ...(raw.context !== undefined && { context: raw.context }),
    },
    pools,
    nodeSize,
    publicIPs: raw.publicIPs ?? [],
    namespaces: {
      kasm: raw.namespaces?.kasm ?? "kasm",
      gpuOperator: raw.namespaces?.gpuOperator ?? "gpu-operator",
      vdi: raw.namespaces?.vdi ?? "kasm-vdi",
    },
    protectData: raw.protectData ?? false,
    kasm: {
      chart: chartSource(kasm.chart, kasmChart),
      ...(kasm.imageTag !== undefined && { imageTag: kasm.imageTag }),
      database: kasm.database ?? "initialize",
      sizing: kasmSizing(nodeCount(pools), nodeSize, kasm.deploymentSize),
      // K3s gives its DNS Service the tenth address of the default service range 10.43.0.0/16.
      nginxResolver: kasm.nginxResolver ?? "10.43.0.10",
      timeoutSeconds: kasm.timeoutSeconds ?? 900,
    },
    certificate: certificateSource(raw.certificate),
    gpu: {
      chart: chartSource(gpu.chart, gpuOperatorChart),
      driver: gpu.driver ?? "host",
      timeoutSeconds: gpu.timeoutSeconds ?? 900,
    },
    storage: { mode: "check", className: raw.storage?.className ?? "local-path" },
  };
}

/**
 * The pools that are given, or the plainest ones that make up nodeCount and gpuCount: as many nodes as possible with the
 * same number of GPUs, the rest with one fewer.
 */
export function poolsOf(raw: Pick<RawConfig, "nodeCount" | "gpuCount" | "nodePools" | "gpu">): NodePool[] {
  const replicas = raw.gpu?.replicasPerGpu ?? replicasPerGpu;
  if (raw.nodePools)
    return raw.nodePools.map((pool) => ({
      name: pool.name,
      count: pool.count,
      gpusPerNode: pool.gpusPerNode ?? 0,
      replicasPerGpu: pool.replicasPerGpu ?? replicas,
      labels: pool.labels ?? {},
    }));
  const gpusPerNode = Math.ceil(raw.gpuCount / raw.nodeCount);
  const fewer = gpusPerNode * raw.nodeCount - raw.gpuCount;
  const pool = (count: number, gpus: number): NodePool => ({
    name: gpus === 0 ? "cpu" : gpus === gpusPerNode ? "gpu" : "gpu-fewer",
    count,
    gpusPerNode: gpus,
    replicasPerGpu: replicas,
    labels: {},
  });
  return [pool(raw.nodeCount - fewer, gpusPerNode), pool(fewer, gpusPerNode - 1)].filter(({ count }) => count > 0);
}

function chartSource(given: NonNullable<RawConfig["kasm"]>["chart"], standard: Required<ChartSource>): ChartSource {
  const version = given?.version ?? standard.version;
  const chart = given?.path ?? given?.oci;
  if (chart !== undefined) return { chart, version };
  return { ...standard, version, ...(given?.repo !== undefined && { repo: given.repo }) };
}

function certificateSource(given: RawConfig["certificate"]): StackConfig["certificate"] {
  if (given?.secretName !== undefined) return { kind: "secret", secretName: given.secretName };
  if (given?.certManager)
    return {
      kind: "cert-manager",
      issuerName: given.certManager.issuerName,
      issuerKind: given.certManager.issuerKind ?? "ClusterIssuer",
    };
  return { kind: "self-signed" };
}
