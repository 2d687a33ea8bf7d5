import { expect } from "chai";
import type { Check, Expectation, Observed, Snapshot } from "../../../analyzers/preflight/check.ts";
import type { Part } from "../../../analyzers/snapshot.ts";
import type { AnyObject } from "../../../kube/client.ts";

/** A case of a check: what is other than in the healthy cluster, and all that is then found. */
export interface Case {
  readonly title: string;
  readonly expected?: Partial<Expectation>;
  readonly seen?: Partial<Snapshot>;
  /** `level object: problem. fix`, or with `~` after the level for what may settle. */
  readonly finds: readonly string[];
}

/** One test for each case, each over the healthy cluster. */
export function cases(checks: readonly Check[], rows: readonly Case[]): void {
  it("find nothing in a healthy cluster", () => expect(found(checks, { title: "", finds: [] })).to.deep.equal([]));
  for (const row of rows) it(row.title, () => expect(found(checks, row)).to.deep.equal(row.finds));
}

function found(checks: readonly Check[], { expected = {}, seen = {} }: Case): string[] {
  return checks
    .flatMap((one) => one.findings({ ...healthyExpectation, ...expected }, observedOf(seen)))
    .map(
      ({ level, object, problem, fix, maySettle }) => `${level}${maySettle ? "~" : ""} ${object}: ${problem}. ${fix}`,
    );
}

export function observedOf(seen: Partial<Snapshot>, unseen: Partial<Record<keyof Snapshot, string>> = {}): Observed {
  const parts = Object.entries({ ...healthy, ...seen }).map(([key, value]): [string, Part<unknown>] => {
    const reason = unseen[key as keyof Snapshot];
    return [key, reason === undefined ? { seen: value } : { unseen: reason }];
  });
  return Object.fromEntries(parts) as Observed;
}

export interface NodeFields {
  readonly version?: string;
  readonly architecture?: string;
  readonly capacity?: Record<string, string>;
  readonly conditions?: readonly object[];
  readonly labels?: Record<string, string>;
  readonly annotations?: Record<string, string>;
  readonly spec?: object;
}

export const ready = { type: "Ready", status: "True" };
const machine = { cpu: "4", memory: "8Gi", "ephemeral-storage": "100Gi" };

export const node = (name: string, fields: NodeFields = {}): AnyObject => ({
  metadata: { name, labels: fields.labels ?? {}, annotations: fields.annotations ?? {} },
  spec: fields.spec ?? {},
  status: {
    conditions: fields.conditions ?? [ready],
    capacity: fields.capacity ?? machine,
    allocatable: fields.capacity ?? machine,
    nodeInfo: { kubeletVersion: fields.version ?? "v1.35.4+k3s1", architecture: fields.architecture ?? "amd64" },
  },
});

export const pod = (name: string, labels: Record<string, string>, fields: Partial<AnyObject> = {}): AnyObject => ({
  metadata: { namespace: "kube-system", name, labels },
  spec: { nodeName: "a", containers: [] },
  status: { phase: "Running", conditions: [ready] },
  ...fields,
});

export const service = (name: string, spec: object, fields: Partial<AnyObject> = {}): AnyObject => ({
  metadata: { namespace: "kube-system", name },
  spec,
  ...fields,
});

export const traefikLabels = {
  "app.kubernetes.io/name": "traefik",
  "app.kubernetes.io/instance": "traefik-kube-system",
};
export const traefikService = service(
  "traefik",
  {
    type: "LoadBalancer",
    selector: traefikLabels,
    ports: [
      { port: 80, nodePort: 31249, protocol: "TCP" },
      { port: 443, nodePort: 32596, protocol: "TCP" },
    ],
  },
  { status: { loadBalancer: { ingress: [{ ip: "192.0.2.1" }] } } },
);
export const dnsService = service("kube-dns", { clusterIP: "10.43.0.10", clusterIPs: ["10.43.0.10"] });
export const traefikPod = pod("traefik-1", traefikLabels);
export const coreDns = pod("coredns-1", { "k8s-app": "kube-dns" });
export const provisioner = pod("local-path-provisioner-1", { app: "local-path-provisioner" });
export const storageClass = (name: string, isDefault: boolean, by = "rancher.io/local-path"): AnyObject => ({
  metadata: { name, annotations: { "storageclass.kubernetes.io/is-default-class": String(isDefault) } },
  provisioner: by,
});

export const healthyExpectation: Expectation = {
  domain: "desktops.example.com",
  publicIPs: ["192.0.2.1"],
  apiServerPort: 6443,
  nodeCount: 2,
  pools: [{ name: "cpu", count: 2, gpusPerNode: 0, labels: {} }],
  turnLabels: {},
  demand: {
    kasm: { cpuMillis: 3250, memoryMiB: 4352 },
    initJob: { cpuMillis: 500, memoryMiB: 512 },
    desktop: { cpuMillis: 2000, memoryMiB: 4096 },
  },
  storage: { className: "local-path", isOurs: false },
  nginxResolver: "10.43.0.10",
  traefik: "k3s",
  enforceIdentity: true,
  certificate: { kind: "self-signed" },
  namespaces: { kasm: "kasm", vdi: "kasm-vdi", gpuOperator: "gpu-operator" },
  ports: [
    { from: 443, to: 443, protocol: "TCP", use: "Traefik", level: "required" },
    { from: 3389, to: 3389, protocol: "TCP", use: "direct RDP", level: "recommended" },
    { from: 49152, to: 49407, protocol: "UDP", use: "TURN's relay", level: "required" },
  ],
  crds: ["vdisessions.vdi.kasm.io"],
};

const healthy: Snapshot = {
  nodes: [node("a"), node("b")],
  pods: [coreDns, provisioner, traefikPod],
  services: [dnsService, traefikService],
  storageClasses: [storageClass("local-path", true)],
  ingressClasses: [{ metadata: { name: "traefik" } }],
  namespaces: [],
  crds: [],
  hasAdmissionPolicies: true,
  kasmReleases: [],
  clusterPolicies: [],
  featureDiscovery: [],
  daemonSets: [],
  tlsStores: [],
  apiEndpoints: undefined,
  certificate: undefined,
  issuer: { hasCrds: false, object: undefined },
  permissions: [{ resource: "namespaces", mayCreate: true }],
  clockSkewSeconds: 0.4,
  addresses: { base: ["192.0.2.1"], below: ["192.0.2.1"] },
  tools: ["kubectl", "helm", "git"],
  now: new Date("2026-11-23T12:00:00Z"),
};
