import { counted, listed } from "../../kube/sentences.ts";
import type { AnyObject } from "../../kube/object.ts";
import type { Analyzer } from "../analyzer.ts";
import type { Cluster } from "../cluster.ts";
import { behindPods } from "../dependencies.ts";
import { refOf, refText } from "../finding.ts";
import type { Dependency, Finding, ObjectRef } from "../finding.ts";
import { podsBehind, readyEndpoints, selectorOf, serviceNamed } from "../network/service.ts";
import { workloads, workloadsMaking } from "../workloads/workload.ts";

interface WebhookConfiguration extends AnyObject {
  webhooks?: Webhook[];
}

interface Webhook {
  name: string;
  failurePolicy?: string;
  clientConfig?: { service?: { namespace: string; name: string }; url?: string };
  rules?: { operations?: string[]; apiGroups?: string[]; resources?: string[] }[];
  namespaceSelector?: object;
}

const kinds = ["ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"] as const;

/** Admission webhooks that must answer (failurePolicy Fail, the default) and have nothing behind them. */
export const webhooks: Analyzer = {
  area: "api",
  title: "Admission webhooks answer",
  needs: [...kinds, "Service"],
  analyze(cluster) {
    const all: WebhookConfiguration[] = kinds.flatMap((kind) => cluster.all(kind).map((it) => ({ ...it, kind })));
    const findings = all.flatMap((it) => (it.webhooks ?? []).flatMap((hook) => finding(cluster, it, hook) ?? []));
    const unique = new Map(findings.map((it) => [refText(it.object), it]));
    return {
      checked: all.length > 0 ? counted(all.length, "configuration") : undefined,
      findings: [...unique.values()],
    };
  },
};

function finding(cluster: Cluster, configuration: AnyObject, hook: Webhook): Finding | undefined {
  const { service } = hook.clientConfig ?? {};
  if (!service || hook.failurePolicy === "Ignore") return undefined;
  const found = serviceNamed(cluster, service.namespace, service.name);
  const ready = found ? readyEndpoints(cluster, found) : 0;
  if (ready === undefined || ready > 0) return undefined;
  const object = refOf(configuration);
  const target: ObjectRef = { kind: "Service", ...service };
  const why = found ? "has no ready endpoint" : "does not exist";
  const blocked = (hook.rules ?? []).map(blockedBy);
  const behind: Dependency[] = [
    { object: target, because: `${hook.name} is served by ${refText(target)}` },
    ...(found ? behindPods(cluster, podsBehind(cluster, found)) : []),
    ...workloadsMaking(cluster, service.namespace, (found && selectorOf(found)) ?? noPods)
      .map(refOf)
      .map((maker) => ({ object: maker, because: `${refText(maker)} makes the pods that serve ${hook.name}` })),
  ];
  return {
    code: "WebhookWithoutEndpoints",
    object,
    problem: `Webhook ${hook.name} must answer before anybody may ${listed(blocked)}, and its ${refText(target)} ${why}.`,
    evidence: [
      { object, field: `webhooks[${hook.name}].failurePolicy`, value: hook.failurePolicy ?? "Fail (default)" },
      { object: target, field: "ready endpoints", value: found ? "0" : "(no such Service)" },
    ],
    fix: [
      { text: `Bring back what serves ${refText(target)}.`, risk: "manual" },
      {
        text: `If what it belongs to was uninstalled, delete the configuration: its checks go with it.`,
        command: `kubectl delete ${object.kind.toLowerCase()} ${object.name}`,
        risk: "manual",
      },
    ],
    dependsOn: behind,
    explains: refusedBy(cluster, hook.name),
  };
}

/** No workload has this label, so that a Service that is not there selects none. */
const noPods = { "kubernetes.io/none": "none" };

function blockedBy({
  operations = ["*"],
  apiGroups = ["*"],
  resources = ["*"],
}: NonNullable<Webhook["rules"]>[number]) {
  const does = operations.map((it) => (it === "*" ? "change" : it.toLowerCase()));
  const groups = apiGroups.map((it) => (it === "" ? "core" : it === "*" ? "all groups" : it));
  return `${listed(does)} ${listed(resources.map((it) => (it === "*" ? "anything" : it)))} (${listed(groups)})`;
}

/** Workloads whose pods it has refused, as their events say: `failed calling webhook "x"`. */
function refusedBy(cluster: Cluster, hook: string): Dependency[] {
  const because = `webhook ${hook} refuses what it needs`;
  const makers = workloads(cluster, ["ReplicaSet", "StatefulSet", "DaemonSet", "Job"]);
  const refused = makers.filter((it) =>
    cluster
      .eventsOf(it)
      .some(({ reason, message }) => reason === "FailedCreate" && message.includes(`webhook "${hook}"`)),
  );
  return refused.flatMap((it) => {
    const [owner] = it.metadata.ownerReferences ?? [];
    const above = owner && { kind: owner.kind, namespace: it.metadata.namespace, name: owner.name };
    return [refOf(it), ...(above ? [above] : [])].map((object) => ({ object, because }));
  });
}
