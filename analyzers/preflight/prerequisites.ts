import type { ChecklistItem } from "../checklist/item.ts";
import type { Cluster } from "../cluster.ts";
import type { AnyObject } from "../../kube/object.ts";
import type { Part } from "../snapshot.ts";
import { capacityChecks } from "./capacity.ts";
import { check } from "./check.ts";
import type { Expectation, ExpectedPort, Observed, Snapshot } from "./check.ts";
import { sentence } from "./verdict.ts";
import { k3sFlagChecks } from "./k3s-flags.ts";
import { k3sChecks } from "./k3s.ts";
import { networkChecks } from "./network.ts";
import { nodeView } from "./node.ts";
import { nodeChecks } from "./nodes.ts";
import { portChecks } from "./ports.ts";
import { storageChecks } from "./storage.ts";
import { toolChecks } from "./tools.ts";

/** What somebody says who asks before there is a config. */
export interface Asked {
  readonly domain?: string;
  readonly publicIPs: readonly string[];
  /** As many as there are where it is not said. */
  readonly nodeCount?: number;
  readonly storageClass: string;
  readonly kasmNamespace: string;
}

/** What was asked of the machine that this runs on. */
export interface Machine {
  readonly tools: readonly string[];
  /** Undefined without a domain. */
  readonly addresses: Part<Snapshot["addresses"]> | undefined;
}

/** One node is enough; with fewer than this, one that goes takes all with it. */
const recommendedNodes = 3;

const recommendedNodeCheck = check("nodes for high availability", ["nodes"], (_expected, { nodes }) => {
  const usable = nodes.map(nodeView).filter(({ obstacles }) => obstacles.length === 0).length;
  if (usable === 0 || usable >= recommendedNodes) return [];
  return [
    {
      level: "recommended",
      object: "nodes",
      problem: `${usable} can be used, ${recommendedNodes} are recommended`,
      fix: "Join more where desktops have to outlive a node",
    },
  ];
});

/** Of the smallest layout that the program makes of Kasm (components/kasm-workspaces/demand.ts), and of a desktop without GPU. */
const leastDemand = {
  kasm: { cpuMillis: 2_050, memoryMiB: 2_304 },
  initJob: { cpuMillis: 500, memoryMiB: 512 },
  desktop: { cpuMillis: 1_000, memoryMiB: 3_072 },
};

const port = (number: number, use: string, level: ExpectedPort["level"]): ExpectedPort => {
  return { from: number, to: number, protocol: "TCP", use, level };
};
const ports = [
  port(80, "Traefik (HTTP)", "recommended"),
  port(443, "Traefik (HTTPS)", "required"),
  port(3389, "Kasm's RDP gateway", "recommended"),
];

/** Those of `up` that need no config of a stack: the gate asks the same and more. */
const notAsked = new Set(["permissions", "labels of pools", "nodes of the TURN server", "addresses of LoadBalancers"]);
const checks = [
  ...toolChecks,
  ...k3sChecks,
  ...k3sFlagChecks,
  ...nodeChecks,
  recommendedNodeCheck,
  ...capacityChecks,
  ...storageChecks,
  ...networkChecks,
  ...portChecks,
].filter(({ title }) => !notAsked.has(title));

/** The prerequisites of an installation, each with what is missing. */
export function prerequisites(cluster: Cluster, asked: Asked, machine: Machine): ChecklistItem[] {
  const expected = expectationOf(cluster, asked);
  const observed = observe(cluster, machine);
  return checks
    .filter(({ title }) => title !== "DNS records" || machine.addresses !== undefined)
    .map(({ title, findings: check }) => {
      const findings = check(expected, observed);
      const has = (level: string) => findings.some((it) => it.level === level);
      const result = has("required") ? "fail" : has("unknown") ? "unknown" : has("recommended") ? "warn" : "pass";
      return { title, result, detail: "", problems: findings.map(sentence) };
    });
}

function expectationOf(
  cluster: Cluster,
  { domain = "", publicIPs, nodeCount, storageClass, kasmNamespace }: Asked,
): Expectation {
  const dns = cluster.get("Service", "kube-dns", "kube-system")?.["spec"] as { clusterIP?: string } | undefined;
  return {
    ...{ domain, publicIPs, ports, demand: leastDemand, pools: [], turnLabels: {}, crds: [] },
    nodeCount: nodeCount ?? Math.max(cluster.nodes.length, 1),
    storage: { className: storageClass, isOurs: false },
    // Which address Kasm's proxy asks is for the config to say.
    nginxResolver: dns?.clusterIP ?? "",
    traefik: "k3s",
    enforceIdentity: true,
    certificate: { kind: "self-signed" },
    namespaces: { kasm: kasmNamespace, vdi: "kasm-vdi" },
  };
}

function observe(cluster: Cluster, { tools, addresses }: Machine): Observed {
  const { clockSkewSeconds } = cluster.snapshot.server ?? {};
  const nobodyLooks = { unseen: "not looked at without a config" };
  return {
    nodes: kind(cluster, "Node"),
    pods: kind(cluster, "Pod"),
    services: kind(cluster, "Service"),
    storageClasses: kind(cluster, "StorageClass"),
    ingressClasses: kind(cluster, "IngressClass"),
    namespaces: kind(cluster, "Namespace"),
    crds: kind(cluster, "CustomResourceDefinition"),
    hasAdmissionPolicies: admissionPolicies(cluster),
    clusterPolicies: kind(cluster, "ClusterPolicy"),
    featureDiscovery: kind(cluster, "Deployment"),
    daemonSets: kind(cluster, "DaemonSet"),
    tlsStores: kind(cluster, "TLSStore"),
    apiEndpoints: { seen: cluster.get("EndpointSlice", "kubernetes", "default") },
    ...{ kasmReleases: nobodyLooks, certificate: nobodyLooks, issuer: nobodyLooks, permissions: nobodyLooks },
    clockSkewSeconds:
      clockSkewSeconds === undefined ? { unseen: "the API server's clock was not read" } : { seen: clockSkewSeconds },
    addresses: addresses ?? { unseen: "no domain was given" },
    tools: { seen: tools },
    now: { seen: new Date(cluster.now) },
  };
}

function kind(cluster: Cluster, name: string): Part<readonly AnyObject[]> {
  const reason = cluster.unseen(name);
  return reason === undefined ? { seen: cluster.all(name) } : { unseen: `could not read ${name}: ${reason}` };
}

/** ValidatingAdmissionPolicy is in admissionregistration.k8s.io/v1 since Kubernetes 1.30. */
function admissionPolicies({ snapshot }: Cluster): Part<boolean> {
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(snapshot.server?.version ?? "") ?? [];
  if (minor === undefined) return { unseen: "the API server's version was not read" };
  return { seen: Number(major) > 1 || Number(minor) >= 30 };
}
