import type { Container } from "../../kube/kinds.ts";
import { counted, listed, quoted } from "../../kube/sentences.ts";
import type { Analyzer } from "../analyzer.ts";
import type { Cluster } from "../cluster.ts";
import { refOf, refText } from "../finding.ts";
import type { Finding } from "../finding.ts";
import type { Workload } from "../workloads/workload.ts";
import { kasmWorkloads } from "./parts.ts";

const label = "pod-security.kubernetes.io/enforce";

/** Kasm's workloads whose containers start as root in a namespace that forbids it: kasm-proxy-data-perms of chart 1.1181.0. */
export const kasmPodSecurity: Analyzer = {
  area: "kasm",
  title: "Kasm's pods meet the namespace's Pod Security level",
  needs: ["Namespace", "Deployment", "StatefulSet"],
  analyze(cluster) {
    const parts = kasmWorkloads(cluster);
    const byNamespace = Map.groupBy(parts, ({ metadata }) => metadata.namespace);
    const findings = [...byNamespace].flatMap(([namespace, them]) => finding(cluster, namespace, them) ?? []);
    return { checked: parts.length > 0 ? counted(parts.length, "workload") : undefined, findings };
  },
};

function finding(cluster: Cluster, name: string, parts: readonly Workload[]): Finding | undefined {
  const level = cluster.get("Namespace", name)?.metadata?.labels?.[label];
  if (level !== "restricted") return undefined;
  const refused = parts.flatMap((part) => {
    const containers = rootContainers(part);
    // Admission judges new pods only.
    return containers.length > 0 && (part.status?.availableReplicas ?? 0) === 0 ? [{ part, containers }] : [];
  });
  if (refused.length === 0) return undefined;
  const object = { kind: "Namespace", name };
  const words = refused.flatMap(({ part }) => refusalOf(cluster, part) ?? []);
  const which = refused.map(({ part, containers }) => `${listed(containers)} of ${refText(refOf(part))}`);
  return {
    code: "RootContainersRefused",
    object,
    problem: `Namespace ${name} enforces Pod Security level restricted, and ${listed(which)} ${which.length === 1 ? "runs" : "run"} as root: pods with them are refused.`,
    evidence: [
      { object, field: `metadata.labels[${label}]`, value: level },
      ...words.slice(0, 1).map((value) => ({ object, field: "event FailedCreate", value })),
    ],
    fix: [
      {
        text: "Use chart kasm-helm 1.1190.1 or newer, whose pods meet restricted.",
        risk: "restart",
      },
      {
        text: "Or relax the level of the namespace.",
        command: `kubectl label namespace ${name} ${label}=baseline --overwrite`,
        risk: "manual",
      },
    ],
    explains: refused.map(({ part }) => ({
      object: refOf(part),
      because: `its pods are refused by the level of Namespace ${name}`,
    })),
  };
}

function rootContainers({ spec }: Workload): string[] {
  const { initContainers = [], containers = [] } = spec?.template?.spec ?? {};
  const isRoot = ({ securityContext }: Container) => securityContext?.runAsUser === 0;
  return [...initContainers, ...containers].filter(isRoot).map(({ name }) => name);
}

function refusalOf(cluster: Cluster, { metadata, kind }: Workload): string | undefined {
  const sets = cluster
    .all("ReplicaSet")
    .filter((it) => it.metadata?.ownerReferences?.some((owner) => owner.kind === kind && owner.name === metadata.name))
    .map((it) => ({ ...it, kind: "ReplicaSet" }));
  const said = [...sets, { kind, metadata }].flatMap((it) => cluster.eventsOf(it));
  const event = said.findLast(({ message }) => message.includes("violates PodSecurity"));
  return event && quoted(event.message);
}
