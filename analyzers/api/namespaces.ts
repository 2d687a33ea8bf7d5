import { counted, quoted } from "../../kube/sentences.ts";
import type { AnyObject } from "../../kube/object.ts";
import type { Analyzer } from "../analyzer.ts";
import type { Cluster } from "../cluster.ts";
import { operatorDeployments } from "../operator/deployments.ts";
import { refOf, refText } from "../finding.ts";
import type { Dependency, Finding } from "../finding.ts";

interface Namespace extends AnyObject {
  status?: { phase?: string; conditions?: { type: string; status: string; message?: string }[] };
}

/** A namespace with many objects takes a while; one that waits for a finalizer takes for ever. */
const patienceSeconds = 300;

/** Conditions that say why, the most telling first (kubernetes/pkg/controller/namespace/deletion/status_condition_utils.go). */
const reasons = [
  "NamespaceDeletionDiscoveryFailure",
  "NamespaceDeletionGroupVersionParsingFailure",
  "NamespaceDeletionContentFailure",
  "NamespaceFinalizersRemaining",
  "NamespaceContentRemaining",
];

export const namespaces: Analyzer = {
  area: "api",
  title: "Namespaces end when they are deleted",
  needs: ["Namespace"],
  analyze(cluster) {
    const all = cluster.all("Namespace") as readonly Namespace[];
    return {
      checked: all.length > 0 ? counted(all.length, "namespace") : undefined,
      findings: all.flatMap((it) => finding(cluster, it) ?? []),
    };
  },
};

function finding(cluster: Cluster, namespace: Namespace): Finding | undefined {
  const { name = "", deletionTimestamp } = namespace.metadata ?? {};
  if (!cluster.isOlderThan(deletionTimestamp, patienceSeconds)) return undefined;
  const object = refOf({ ...namespace, kind: "Namespace" });
  const told = reasons.flatMap((type) => {
    const condition = namespace.status?.conditions?.find((it) => it.type === type && it.status === "True");
    return condition?.message === undefined ? [] : [{ type, message: quoted(condition.message) }];
  });
  const [first] = told;
  const finalizers = told.find(({ type }) => type === "NamespaceFinalizersRemaining")?.message ?? "";
  return {
    code: "NamespaceStuckTerminating",
    object,
    problem: `Namespace ${name} is being deleted since ${deletionTimestamp ?? ""} and does not end${first ? `: ${first.message}` : ""}.`,
    evidence: [
      { object, field: "metadata.deletionTimestamp", value: deletionTimestamp ?? "" },
      ...told.map(({ type, message }) => ({ object, field: `status.conditions[${type}]`, value: message })),
    ],
    fix: [
      finalizers.includes("vdi.kasm.io/")
        ? {
            text: "Bring back the VDI operator, which ends the sessions and takes its finalizer off.",
            command: "kubectl get vdisessions --namespace " + name,
            risk: "manual",
          }
        : {
            text: "Bring back the controller that owns the finalizer, or the API that does not answer. Taking a finalizer off by hand skips what it would have cleaned up.",
            command: `kubectl api-resources --verbs=list --namespaced -o name | xargs -n 1 kubectl get --ignore-not-found --show-kind --namespace ${name}`,
            risk: "manual",
          },
    ],
    ...(finalizers.includes("vdi.kasm.io/") && { dependsOn: operators(cluster) }),
  };
}

function operators(cluster: Cluster): Dependency[] {
  const found = operatorDeployments(cluster).map(refOf);
  const usual = { kind: "Deployment", namespace: "kasm-vdi-system", name: "kasm-operator" };
  return (found.length > 0 ? found : [usual]).map((object) => ({
    object,
    because: `${refText(object)} takes the finalizer off the sessions`,
  }));
}
