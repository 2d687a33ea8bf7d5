import type { ChartSource } from "../components/helm/chart-source.ts";
import type { Registry } from "../components/objects/image.ts";
import type { BackupPlan } from "../components/kasm-workspaces/backup.ts";
import type { KasmSizing } from "../components/kasm-workspaces/sizing.ts";
import type { CertificateSource, DatabasePhase } from "../components/kasm-workspaces/values.ts";
import type { AgentInstaller } from "../components/kasm-agents/values.ts";
import type { NodePool, NodeSize } from "../components/capacity/node-pool.ts";
import type { RawConfig } from "./config.schema.ts";

/** One environment, complete: every default is filled in, nothing here has to be asked again. */
export interface StackConfig {
  /** Base domain. Kasm answers on it, sessions below it. */
  readonly domain: string;
  readonly cluster: {
    /** Names the cluster for the Kubernetes provider; a new kubeconfig for the same cluster then replaces nothing. */
    readonly name: string;
    /** Path of a kubeconfig; absent means what KUBECONFIG and the usual places say. */
    readonly kubeconfig?: string;
    readonly context?: string;
    /** At which K3s's API server listens. */
    readonly apiServerPort: number;
  };
  /** All nodes, at least one pool. */
  readonly pools: readonly NodePool[];
  /** The smallest node. */
  readonly nodeSize: NodeSize;
  /** Addresses that DNS should carry; empty means: ask the Traefik Service. */
  readonly publicIPs: readonly string[];
  readonly namespaces: RawConfig["namespaces"];
  /** Refuses to delete namespaces, passwords and CRDs, and with them all data. */
  readonly protectData: boolean;
  readonly preflight: RawConfig["preflight"];
  readonly registry: Registry;
  /** Certificates of the site's own authorities, PEM. */
  readonly trustedCa?: string;
  readonly kasm: {
    readonly chart: ChartSource;
    /** Tag of Kasm's images; absent means the Kasm version that the chart is made for. */
    readonly imageTag?: string;
    readonly database: DatabasePhase;
    readonly sizing: KasmSizing;
    /** ClusterIP of kube-system/kube-dns. */
    readonly nginxResolver: string;
    readonly backup?: BackupPlan;
    /** Native RDP past Traefik; absent means none. */
    readonly directRdp?: { readonly type: "LoadBalancer" | "NodePort"; readonly port: number };
    readonly timeoutSeconds: number;
  };
  readonly certificate: CertificateSource;
  readonly gpu: Omit<RawConfig["gpu"], "chart"> & { readonly chart: ChartSource };
  readonly storage: Required<RawConfig["storage"]>;
  readonly traefik: Omit<RawConfig["traefik"], "chart"> & { readonly chart: ChartSource };
  /** Absent without a TURN server. */
  readonly turn?: RawConfig["turn"] & {
    /** Name that browsers find it by: `turn.` and the domain. */
    readonly host: string;
    readonly realm: string;
    readonly publicIPs: readonly string[];
    readonly image: string;
  };
  readonly operator: RawConfig["operator"] & { readonly replicas: number };
  /** Absent without a portal. */
  readonly portal?: RawConfig["portal"] & {
    /** Name that browsers find it by. */
    readonly host: string;
  };
  readonly agents: readonly (RawConfig["agents"][number] & { readonly publicHostname: string })[];
  readonly agentInstaller: AgentInstaller;
}
