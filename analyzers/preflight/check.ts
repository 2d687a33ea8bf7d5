import type { AnyObject } from "../../kube/client.ts";
import type { Part } from "../snapshot.ts";

/** What is asked of the cluster: the INPUT of commands/preflight.ts, or what `kasm-vdi preflight` is told. */
export interface Expectation {
  readonly domain: string;
  /** Addresses that the domain should resolve to; empty when they are not known yet. */
  readonly publicIPs: readonly string[];
  /** The port that the program's NetworkPolicies open towards the API server; undefined before there is a config. */
  readonly apiServerPort?: number;
  readonly nodeCount: number;
  readonly pools: readonly ExpectedPool[];
  /** Labels of the nodes that the TURN server runs on; none without a TURN server, or where it runs on every node. */
  readonly turnLabels: Readonly<Record<string, string>>;
  /** What is about to be asked of the nodes, as the scheduler counts it. */
  readonly demand: {
    /** Kasm's own services together. */
    readonly kasm: Demand;
    /** The Job that fills Kasm's database, beside them. */
    readonly initJob: Demand;
    /** A desktop of the default template. */
    readonly desktop: Demand;
  };
  /** `isOurs`: the program makes the class, so it need not be there. */
  readonly storage: { readonly className: string; readonly isOurs: boolean };
  readonly nginxResolver: string;
  /** Who brings Traefik. */
  readonly traefik: "k3s" | "own";
  /** Whether the program makes a ValidatingAdmissionPolicy. */
  readonly enforceIdentity: boolean;
  readonly certificate: ExpectedCertificate;
  /** Namespaces that the program makes, by their key in the config. `kasm` is always among them. */
  readonly namespaces: Readonly<Record<string, string>>;
  readonly ports: readonly ExpectedPort[];
  /** Names of the CRDs that the program makes. */
  readonly crds: readonly string[];
}

export interface Demand {
  readonly cpuMillis: number;
  readonly memoryMiB: number;
}

export interface ExpectedPool {
  readonly name: string;
  readonly count: number;
  readonly gpusPerNode: number;
  /** Desktops that are to share the GPUs of each node. */
  readonly slicesPerNode?: number;
  /** Labels that each of its nodes has to carry. */
  readonly labels: Readonly<Record<string, string>>;
}

export type ExpectedCertificate =
  | { readonly kind: "secret"; readonly secretName: string }
  | { readonly kind: "cert-manager"; readonly issuerName: string; readonly issuerKind: "Issuer" | "ClusterIssuer" }
  | { readonly kind: "self-signed" };

/** Ports of the nodes, `from` and `to` included, that nobody else may hold. */
export interface ExpectedPort {
  readonly from: number;
  readonly to: number;
  readonly protocol: "TCP" | "UDP";
  /** Who needs them. */
  readonly use: string;
  readonly level: "required" | "recommended";
}

/** What was read, from the cluster and from the machine that runs `pulumi`. */
export interface Snapshot {
  readonly nodes: readonly AnyObject[];
  /** Of all namespaces. */
  readonly pods: readonly AnyObject[];
  /** Of all namespaces. */
  readonly services: readonly AnyObject[];
  readonly storageClasses: readonly AnyObject[];
  readonly ingressClasses: readonly AnyObject[];
  /** Those that the program wants to make and that are there already. */
  readonly namespaces: readonly AnyObject[];
  /** Those of the program's own CRDs that are there already. */
  readonly crds: readonly AnyObject[];
  /** Whether the API server has admissionregistration.k8s.io/v1 ValidatingAdmissionPolicy. */
  readonly hasAdmissionPolicies: boolean;
  /** Names of Helm's release Secrets of `kasm` in Kasm's namespace. */
  readonly kasmReleases: readonly string[];
  readonly clusterPolicies: readonly AnyObject[];
  /** Deployments of node-feature-discovery, in all namespaces. */
  readonly featureDiscovery: readonly AnyObject[];
  /** Of all namespaces. */
  readonly daemonSets: readonly AnyObject[];
  /** Traefik's, of all namespaces; none without its CRDs. */
  readonly tlsStores: readonly AnyObject[];
  /** EndpointSlice default/kubernetes: where the API server is reached. */
  readonly apiEndpoints: AnyObject | undefined;
  /** The Secret of the config, without its key; undefined when there is none or none is asked for. */
  readonly certificate: { readonly type: string; readonly pem: string } | undefined;
  readonly issuer: { readonly hasCrds: boolean; readonly object: AnyObject | undefined };
  readonly permissions: readonly Permission[];
  /** API server's clock minus this machine's. */
  readonly clockSkewSeconds: number;
  /** Addresses of the base domain and of a name below it; empty when a name does not exist. */
  readonly addresses: { readonly base: readonly string[]; readonly below: readonly string[] };
  /** Names of command-line tools on PATH. */
  readonly tools: readonly string[];
  readonly now: Date;
}

export interface Permission {
  /** `clusterroles.rbac.authorization.k8s.io` */
  readonly resource: string;
  readonly mayCreate: boolean;
}

export type Observed = { readonly [K in keyof Snapshot]: Part<Snapshot[K]> };

/** One thing that is not as it should be, or that could not be seen. */
export interface Finding {
  readonly level: "required" | "recommended" | "unknown";
  /** `StorageClass fast`, `nodes a, b` */
  readonly object: string;
  readonly problem: string;
  readonly fix: string;
  /** Passes by itself where K3s has just started, or where nodes are about to join. */
  readonly maySettle?: boolean;
}

export interface Check {
  /** What is checked: `size of nodes`. */
  readonly title: string;
  readonly findings: (expected: Expectation, observed: Observed) => Finding[];
}

/** A check that is "unknown" as long as one of the parts that it needs could not be read. */
export function check<K extends keyof Snapshot>(
  title: string,
  needs: readonly K[],
  analyze: (expected: Expectation, seen: Pick<Snapshot, K>) => Finding[],
): Check {
  return {
    title,
    findings(expected, observed) {
      const parts = needs.map((key): [K, Part<Snapshot[K]>] => [key, observed[key]]);
      const unseen = parts.flatMap(([, part]) => ("unseen" in part ? [part.unseen] : []));
      if (unseen.length > 0)
        return [...new Set(unseen)].map((problem) => ({ level: "unknown", object: title, problem, fix: "" }));
      const seen = Object.fromEntries(parts.map(([key, part]) => [key, "seen" in part ? part.seen : undefined]));
      return analyze(expected, seen as Pick<Snapshot, K>);
    },
  };
}

const mostNames = 5;

/** `a, b and c`; of many the first few. */
export function namesOf(names: readonly string[]): string {
  const shown = names.length > mostNames ? [...names.slice(0, mostNames), `${names.length - mostNames} more`] : names;
  return shown.length < 2 ? shown.join("") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1) ?? ""}`;
}
