import { check, namesOf } from "./check.ts";
import type { Finding } from "./check.ts";
import { nodeView } from "./node.ts";
import type { NodeView } from "./node.ts";

const least = 25;
const better = 28;
// NVIDIA's support matrix for gpu-operator v26.7: cloud-native-docs gpu-operator/platform-support.rst
const gpuOperatorMinors = { from: 33, to: 36 };
// The most that logs, tokens and certificates put up with.
const mostSkewSeconds = 60;

/** Is it a K3s of the right age, does it let us in, and do the clocks agree? */
export const k3sChecks = [
  check("K3s", ["nodes"], (_expected, seen) => {
    const others = seen.nodes.map(nodeView).filter(({ kubeletVersion }) => !kubeletVersion.includes("+k3s"));
    if (others.length === 0) return [];
    return [
      {
        level: "required",
        object: "nodes",
        problem: `these do not run K3s: ${versionsOf(others)}`,
        fix: "Choose the K3s cluster by kasm-vdi:kubeconfig or kasm-vdi:context; only K3s brings what the program builds on",
      },
    ];
  }),

  check("version of K3s", ["nodes"], ({ pools }, seen) => {
    const nodes = seen.nodes.map(nodeView).filter(({ kubeletVersion }) => kubeletVersion !== "");
    const old = nodes.filter((node) => minorOf(node) < least);
    const aging = nodes.filter((node) => minorOf(node) >= least && minorOf(node) < better);
    const findings: Finding[] = [];
    const fix = "Upgrade K3s, servers first, one minor version at a time";
    const object = "K3s";
    if (old.length > 0)
      findings.push({ level: "required", object, problem: `older than 1.${least}: ${versionsOf(old)}`, fix });
    if (aging.length > 0)
      findings.push({ level: "recommended", object, problem: `older than 1.${better}: ${versionsOf(aging)}`, fix });
    const { from, to } = gpuOperatorMinors;
    const untested = nodes.filter((node) => minorOf(node) < from || minorOf(node) > to);
    if (untested.length > 0 && pools.some(({ gpusPerNode }) => gpusPerNode > 0))
      findings.push({
        level: "recommended",
        object,
        problem: `NVIDIA supports gpu-operator v26.7 on 1.${from} to 1.${to}, not on ${versionsOf(untested)}`,
        fix: "Use one of those for GPU nodes; before 1.31.6 and 1.32.2 desktops would find no NVIDIA libraries",
      });
    return findings;
  }),

  check("admission policies", ["hasAdmissionPolicies"], ({ enforceIdentity }, { hasAdmissionPolicies }) =>
    hasAdmissionPolicies || !enforceIdentity
      ? []
      : [
          {
            level: "required",
            object: "API server",
            problem: "it has no ValidatingAdmissionPolicy (admissionregistration.k8s.io/v1), which guards VDISessions",
            fix: "Use K3s 1.30 or later, or set kasm-vdi:operator.enforceIdentity to false: users could then make sessions for others",
          },
        ],
  ),

  check("permissions", ["permissions"], (_expected, { permissions }) => {
    const denied = permissions.filter(({ mayCreate }) => !mayCreate).map(({ resource }) => resource);
    if (denied.length === 0) return [];
    return [
      {
        level: "required",
        object: "kubeconfig",
        problem: `its user may not create ${denied.join(", ")}`,
        fix: "Use an administrator's (on a K3s server /etc/rancher/k3s/k3s.yaml), or bind its user to cluster-admin",
      },
    ];
  }),

  check("clocks", ["clockSkewSeconds"], (_expected, { clockSkewSeconds }) => {
    const seconds = Math.round(Math.abs(clockSkewSeconds));
    if (seconds <= mostSkewSeconds) return [];
    return [
      {
        level: "recommended",
        object: "clocks",
        problem: `the API server's is ${seconds} s ${clockSkewSeconds > 0 ? "ahead of" : "behind"} this machine's`,
        fix: "Set both by NTP: certificates and tokens of the future are refused",
      },
    ];
  }),
];

/** `v1.24.1+k3s1 (node a and b)` */
function versionsOf(nodes: readonly NodeView[]): string {
  const byVersion = Map.groupBy(nodes, ({ kubeletVersion }) => kubeletVersion || "unknown version");
  const list = [...byVersion].map(([version, some]) => `${version} (${namesOf(some.map(({ name }) => name))})`);
  return namesOf(list);
}

function minorOf({ kubeletVersion }: NodeView): number {
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(kubeletVersion) ?? [];
  return major === "1" ? Number(minor) : Infinity;
}
