import type { Analyzer } from "../../analyzers/analyzer.ts";
import { Cluster } from "../../analyzers/cluster.ts";
import type { Finding, ObjectRef } from "../../analyzers/finding.ts";
import type { Snapshot } from "../../analyzers/snapshot.ts";
import { collectedKinds } from "../../diagnose/collect/kinds.ts";
import type { AnyObject } from "../../kube/object.ts";
import { reportOn } from "../../diagnose/report.ts";
import type { Report } from "../../diagnose/report.ts";

/** A cluster with something for each part of a report, and with texts that try to be markup. */

const pod = (name: string, cpu: string, gpu?: string): AnyObject => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { namespace: "kasm", name },
  spec: {
    nodeName: "k3s-1",
    containers: [
      { name: "main", resources: { requests: { cpu, memory: "2Gi", ...(gpu && { "nvidia.com/gpu": gpu }) } } },
    ],
  },
  status: { phase: "Running" },
});

const node = (name: string, ready: boolean, gpus?: string): AnyObject => {
  const amounts = { cpu: "8", memory: "32Gi", pods: "110", ...(gpus && { "nvidia.com/gpu": gpus }) };
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name },
    status: {
      capacity: amounts,
      allocatable: amounts,
      conditions: [{ type: "Ready", status: ready ? "True" : "False", message: "container runtime is down" }],
    },
  };
};

const event = (type: string, reason: string, message: string, kind: string, name: string, time: string): AnyObject => ({
  apiVersion: "v1",
  kind: "Event",
  metadata: { name: `${name}.${time}`, namespace: kind === "Node" ? "default" : "kasm" },
  ...{ type, reason, message, lastTimestamp: time },
  involvedObject: { kind, name, ...(kind !== "Node" && { namespace: "kasm" }) },
});

const objects: Readonly<Record<string, readonly AnyObject[]>> = {
  Node: [node("k3s-1", true, "16"), node("k3s-2", false)],
  Pod: [pod("kasm-api-0", "1500m"), pod("kasm-db-0", "2"), pod("desk", "4", "16")],
  Event: [
    event("Warning", "Failed", '<script>alert("x")</script> & more', "Pod", "kasm-db-0", "2026-11-28T20:40:00Z"),
    event("Normal", "BackOff", "Back-off pulling image", "Pod", "kasm-db-0", "2026-11-28T20:45:00Z"),
    event("Warning", "NodeNotReady", "Node k3s-2 status is now: NodeNotReady", "Node", "k3s-2", "2026-11-28T20:41:30Z"),
    event("Normal", "Scheduled", "nobody needs to see this", "Pod", "desk", "2026-11-28T20:20:00Z"),
  ],
};

export function sampleSnapshot(order: <T>(items: readonly T[]) => T[] = (items) => [...items]): Snapshot {
  const seen = Object.keys(collectedKinds).map((kind) => [kind, { seen: order(objects[kind] ?? []) }]);
  return {
    kind: "KasmVdiSnapshot",
    schemaVersion: 1,
    takenAt: "2026-11-28T20:50:00Z",
    server: { version: "v1.35.4+k3s1" },
    objects: {
      ...(Object.fromEntries(seen) as Snapshot["objects"]),
      Secret: { unseen: 'secrets is forbidden: User "x" cannot list' },
    },
    logs: [],
    probes: [],
  };
}

const at = (kind: string, name: string, namespace?: string): ObjectRef => ({
  kind,
  ...(namespace && { namespace }),
  name,
});
const db = at("Pod", "kasm-db-0", "kasm");

const findings: readonly Finding[] = [
  {
    code: "ImageNotFound",
    object: db,
    container: "db",
    problem: "Image registry.example.com/db:1 cannot be pulled: registry.example.com does not have it.",
    evidence: [
      { object: db, field: "container db waiting", value: 'ErrImagePull: <b>"not found"</b> `x` @admin #1 ]]>' },
    ],
    fix: [
      { text: "See which tags there are.", command: "kubectl get pods --namespace kasm --output wide", risk: "safe" },
      {
        text: "Start it again.",
        command: "kubectl rollout restart statefulset/kasm-db --namespace kasm",
        risk: "restart",
      },
      { text: "Delete the volume.", command: "kubectl delete pvc data --namespace kasm", risk: "data-loss" },
    ],
  },
  ...["kasm-api-0", "kasm-manager-0"].map((name): Finding => ({
    code: "ImagePullFailed",
    object: at("Pod", name, "kasm"),
    problem: `${name} waits.`,
    evidence: [],
    fix: [],
    dependsOn: [{ object: db, because: "init container db-is-ready waits for Service kasm/kasm-db" }],
  })),
  {
    code: "NodeDiskFull",
    object: at("Node", "k3s-2"),
    problem: "Node k3s-2 has no space left.",
    evidence: [],
    fix: [{ text: "Remove unused images.", risk: "manual" }],
  },
];

export const sampleAnalyzers = (order: <T>(items: readonly T[]) => T[] = (items) => [...items]): Analyzer[] => [
  {
    area: "images",
    title: "Images can be pulled",
    needs: ["Pod"],
    analyze: () => ({ checked: "3 pods", findings: order(findings) }),
  },
  {
    area: "storage",
    title: "Claims are bound",
    needs: ["Pod"],
    analyze: () => ({ checked: "2 claims", findings: [] }),
  },
  { area: "gpu", title: "GPUs are shared", needs: ["Node"], analyze: () => ({ checked: undefined, findings: [] }) },
  {
    area: "tls",
    title: "Certificates are valid",
    needs: ["Secret"],
    analyze: () => ({ checked: undefined, findings: [] }),
  },
];

/** @param order of everything that the API server lists in an order of its own */
export function sample(order: <T>(items: readonly T[]) => T[] = (items) => [...items]): {
  cluster: Cluster;
  report: Report;
} {
  const cluster = new Cluster(sampleSnapshot(order));
  return { cluster, report: reportOn(cluster, sampleAnalyzers(order)) };
}
