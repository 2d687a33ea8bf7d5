import { counted, listed, quoted } from "../../kube/sentences.ts";
import { quantityValue } from "../../kube/quantity.ts";
import { untrusted } from "../../kube/untrusted-text.ts";
import type { AnyObject, ObjectMeta } from "../../kube/object.ts";
import { ownValue } from "../../kube/own-value.ts";
import type { Analyzer } from "../analyzer.ts";
import type { Cluster } from "../cluster.ts";
import { refOf, refText } from "../finding.ts";
import type { Dependency, Evidence, Finding } from "../finding.ts";
import { workloads } from "../workloads/workload.ts";

interface ResourceQuota extends AnyObject {
  metadata: ObjectMeta & { name: string; namespace: string };
  status?: { hard?: Record<string, string>; used?: Record<string, string> };
}

/** ResourceQuotas that leave no room: a warning as long as nothing was refused. */
export const quotas: Analyzer = {
  area: "api",
  title: "ResourceQuotas leave room",
  needs: ["ResourceQuota"],
  analyze(cluster) {
    const all = cluster.all("ResourceQuota") as readonly ResourceQuota[];
    return {
      checked: all.length > 0 ? counted(all.length, "quota") : undefined,
      findings: all.flatMap((it) => finding(cluster, it) ?? []),
    };
  },
};

function finding(cluster: Cluster, quota: ResourceQuota): Finding | undefined {
  const object = refOf({ ...quota, kind: "ResourceQuota" });
  const { hard = {}, used = {} } = quota.status ?? {};
  const full = Object.keys(hard).filter((it) => isUsedUp(ownValue(used, it), hard[it]));
  const refused = refusals(cluster, quota);
  if (full.length === 0 && refused.length === 0) return undefined;
  const told = full.map((it) => `${it} ${ownValue(used, it) ?? ""} of ${hard[it] ?? ""}`);
  const state = told.length > 0 ? `is used up: ${listed(told)}` : "has too little room left";
  const evidence: Evidence[] = full.map((it) => ({
    object,
    field: `status.used[${it}]`,
    value: `${ownValue(used, it) ?? ""}, hard ${hard[it] ?? ""}`,
  }));
  const [first] = refused;
  return {
    code: first ? "QuotaBlocks" : "QuotaUsedUp",
    object,
    problem: first
      ? `${refText(object)} ${state}, and ${listed([...new Set(refused.map((it) => refText(it.object)))])} ${refused.length === 1 ? "was" : "were"} refused by it.`
      : `${refText(object)} ${state}. The next that asks for it is refused.`,
    evidence: [...evidence, ...(first ? [{ object: first.object, field: first.field, value: first.value }] : [])],
    fix: [
      {
        text: "End what is not needed, or raise the quota.",
        command: `kubectl edit resourcequota ${object.name} --namespace ${object.namespace ?? ""}`,
        risk: "manual",
      },
    ],
    explains: refused.flatMap((it) => it.explains),
  };
}

function isUsedUp(used = "0", hard = "0"): boolean {
  try {
    // A quota of nothing forbids a kind on purpose.
    return quantityValue(hard) > 0 && quantityValue(used) >= quantityValue(hard);
  } catch {
    return false;
  }
}

interface Refused extends Evidence {
  readonly explains: readonly Dependency[];
}

/** Who was refused by the quota and still lacks what it asked for. */
function refusals(cluster: Cluster, quota: ResourceQuota): Refused[] {
  const { namespace, name } = quota.metadata;
  const because = `it is refused by ResourceQuota ${namespace}/${name}`;
  const isOurs = (text: string) => untrusted(text).includes(`exceeded quota: ${name},`);
  const makers = workloads(cluster, ["ReplicaSet", "StatefulSet", "DaemonSet", "Job"], namespace).flatMap(
    (it): Refused[] => {
      const { ready = 0 } = { ready: (it.status as { readyReplicas?: number } | undefined)?.readyReplicas };
      const event = cluster
        .eventsOf(it)
        .findLast(({ reason, message }) => reason === "FailedCreate" && isOurs(message));
      if (!event || ready >= (it.spec?.replicas ?? 1)) return [];
      const [owner] = it.metadata.ownerReferences ?? [];
      const objects = [refOf(it), ...(owner ? [{ kind: owner.kind, namespace, name: owner.name }] : [])];
      const value = quoted(event.message);
      return [
        {
          object: refOf(it),
          field: "event FailedCreate",
          value,
          explains: objects.map((object) => ({ object, because })),
        },
      ];
    },
  );
  const sessions = [...cluster.all("VDISession"), ...cluster.all("VDIPool")].flatMap((it): Refused[] => {
    const ready = (it["status"] as { conditions?: Condition[] } | undefined)?.conditions?.find(
      ({ type }) => type === "Ready",
    );
    if (it.metadata?.namespace !== namespace || ready?.reason !== "QuotaExceeded" || !isOurs(ready.message ?? ""))
      return [];
    const object = refOf(it);
    const value = quoted(ready.message ?? "");
    return [{ object, field: "status.conditions[Ready].message", value, explains: [{ object, because }] }];
  });
  return [...makers, ...sessions];
}

interface Condition {
  type: string;
  reason?: string;
  message?: string;
}
