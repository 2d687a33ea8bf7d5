import type { ChartSource } from "../components/helm/chart-source.ts";
import { agentDefaults } from "../components/kasm-agents/values.ts";
import type { AgentInstaller } from "../components/kasm-agents/values.ts";
import { kasmSizing } from "../components/kasm-workspaces/sizing.ts";
import { defaultDesktop } from "../components/vdi-operator/templates.ts";
import { kasmVersion } from "../components/kasm-workspaces/chart.ts";
import { coturnImage } from "../components/turn-server/manifests.ts";
import type { NodePool } from "../components/capacity/node-pool.ts";
import { gpuSlices, nodeCount } from "../components/capacity/node-pool.ts";
import type { RawChart } from "./config.groups.cluster.ts";
import type { RawConfig } from "./config.schema.ts";
import type { StackConfig } from "./stack-config.ts";

/** Versions that this program is made for and tested with. */
export const pinnedCharts = {
  kasm: { chart: "kasm-helm", repo: "https://helm.kasm.com", version: "1.1190.6" },
  gpuOperator: { chart: "gpu-operator", repo: "https://helm.ngc.nvidia.com/nvidia", version: "v26.7.0" },
  traefik: { chart: "traefik", repo: "https://traefik.github.io/charts", version: "41.5.0" },
};
const images = {
  localPathProvisioner: "rancher/local-path-provisioner:v0.0.37",
  busybox: "busybox:1.37.0",
};

export const rdpPort = 3389;

/** Fills in every default that follows from the rest. */
export function withDefaults(raw: RawConfig): StackConfig {
  const pools = poolsOf(raw);
  const nodes = nodeCount(pools);
  const pullSecretName = raw.registry.pullSecretName ?? (raw.registry.pullSecret && "site-registry");
  const { clusterName, kubeconfig, context, apiServerPort, storage, trustedCa } = raw;
  const { chart: kasmChart, deploymentSize, directRdp, ...kasm } = raw.kasm;
  const chart = chartSource(kasmChart, pinnedCharts.kasm);
  return {
    domain: raw.domain,
    cluster: {
      name: clusterName,
      ...(kubeconfig !== undefined && { kubeconfig }),
      ...(context !== undefined && { context }),
      apiServerPort,
    },
    pools,
    nodeSize: raw.nodeSize,
    publicIPs: raw.publicIPs,
    namespaces: raw.namespaces,
    protectData: raw.protectData,
    preflight: raw.preflight,
    registry: { ...raw.registry, ...(pullSecretName !== undefined && { pullSecretName }) },
    ...(trustedCa !== undefined && { trustedCa }),
    kasm: {
      ...kasm,
      chart,
      ...(directRdp && { directRdp: { ...directRdp, port: directRdp.port ?? rdpPort } }),
      sizing: kasmSizing(nodes, raw.nodeSize, defaultDesktop(gpuSlices(pools)), deploymentSize),
    },
    certificate: certificateSource(raw.certificate),
    gpu: { ...raw.gpu, chart: chartSource(raw.gpu.chart, pinnedCharts.gpuOperator) },
    storage: {
      mode: storage.mode,
      className: storage.className ?? (storage.mode === "own" ? "kasm-local-path" : "local-path"),
      path: storage.path ?? "/var/lib/kasm-vdi/storage",
      image: storage.image ?? images.localPathProvisioner,
      helperImage: storage.helperImage ?? images.busybox,
      timeoutSeconds: storage.timeoutSeconds,
    },
    traefik: { ...raw.traefik, chart: chartSource(raw.traefik.chart, pinnedCharts.traefik) },
    ...(raw.turn.enabled && { turn: turnServer(raw) }),
    operator: { ...raw.operator, replicas: raw.operator.replicas ?? Math.min(2, nodes) },
    ...(raw.portal.enabled && { portal: { ...raw.portal, host: `${raw.portal.hostLabel}.${raw.domain}` } }),
    agents: raw.agents.map((agent) => ({ ...agent, publicHostname: agent.publicHostname ?? agent.host })),
    agentInstaller: agentInstaller(raw.agentInstaller, kasmVersion(chart.version)),
  };
}

/**
 * The pools that are given, or the plainest ones that make up nodeCount and gpuCount: as many nodes as possible with the
 * same number of GPUs, the rest with one fewer.
 */
export function poolsOf(raw: Pick<RawConfig, "nodeCount" | "gpuCount" | "nodePools" | "gpu">): NodePool[] {
  const replicas = raw.gpu.replicasPerGpu;
  if (raw.nodePools) return raw.nodePools.map((pool) => ({ ...pool, replicasPerGpu: pool.replicasPerGpu ?? replicas }));
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

function agentInstaller(raw: RawConfig["agentInstaller"], kasmVersion: string): AgentInstaller {
  const standard = agentDefaults.installer;
  const version = raw.version ?? kasmVersion;
  return { ...raw, version, url: raw.url ?? standard.url.replace(standard.version, version) };
}

function turnServer({ domain, publicIPs, turn }: RawConfig): NonNullable<StackConfig["turn"]> {
  const host = `turn.${domain}`;
  return {
    ...turn,
    host,
    realm: turn.realm ?? host,
    publicIPs: turn.publicIPs ?? publicIPs,
    image: turn.image ?? coturnImage,
  };
}

function chartSource(source: RawChart | undefined, standard: Required<Omit<ChartSource, "repoName">>): ChartSource {
  const version = source?.version ?? standard.version;
  const chart = source?.path ?? source?.oci;
  if (chart !== undefined) return { chart, version };
  if (source?.repoName !== undefined) return { chart: standard.chart, version, repoName: source.repoName };
  return { ...standard, version, ...(source?.repo !== undefined && { repo: source.repo }) };
}

function certificateSource(source: RawConfig["certificate"]): StackConfig["certificate"] {
  if (source.secretName !== undefined) return { kind: "secret", secretName: source.secretName };
  if (source.certManager) return { kind: "cert-manager", ...source.certManager };
  return { kind: "self-signed" };
}
