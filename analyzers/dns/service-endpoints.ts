import { podRef } from "../containers/pod-facts.ts";
import { graceSeconds } from "../readiness.ts";
import type { Pod } from "../../kube/kinds.ts";
import { counted, listed } from "../../kube/sentences.ts";
import type { Analyzer } from "../analyzer.ts";
import type { Cluster } from "../cluster.ts";
import { behindPods } from "../dependencies.ts";
import { refOf, refText } from "../finding.ts";
import type { Finding, ObjectRef } from "../finding.ts";
import { kasmNamespaces } from "../kasm/parts.ts";
import { isOnItsWay } from "../kasm/stuck.ts";
import { podsBehind, readyEndpoints, selectorOf, serviceNamed, servicesIn } from "../network/service.ts";
import type { Service } from "../network/service.ts";
import { operatorNamespaces } from "../operator/deployments.ts";
import { workloadsMaking } from "../workloads/workload.ts";
import { nearestLabels } from "./nearest-labels.ts";

/** Services of Kasm, of the operator and of the cluster's DNS: what others do with theirs is their affair. */
export const serviceEndpoints: Analyzer = {
  area: "dns",
  title: "Services have ready endpoints",
  needs: ["Service", "Pod"],
  analyze(cluster) {
    const dns = serviceNamed(cluster, "kube-system", "kube-dns");
    const own = servicesIn(cluster, new Set([...kasmNamespaces(cluster), ...operatorNamespaces(cluster)]));
    const services = [...own, ...(dns ? [dns] : [])].filter(isJudged);
    const findings = services.flatMap((it) => [...endpointFindings(cluster, it), ...portFindings(cluster, it)]);
    return { checked: services.length > 0 ? counted(services.length, "Service") : undefined, findings };
  },
};

function isJudged(service: Service): boolean {
  return selectorOf(service) !== undefined && service.spec?.type !== "ExternalName";
}

function endpointFindings(cluster: Cluster, service: Service): Finding[] {
  const { namespace, creationTimestamp } = service.metadata;
  const ready = readyEndpoints(cluster, service);
  if (ready === undefined || ready > 0) return [];
  if (creationTimestamp !== undefined && !cluster.isOlderThan(creationTimestamp, graceSeconds)) return [];
  const object = refOf({ ...service, kind: "Service" });
  const pods = podsBehind(cluster, service);
  if (pods.length > 0) {
    const isStarting = pods.every((pod) => isOnItsWay(cluster, pod));
    return isStarting ? [] : [notReady(cluster, object, pods)];
  }
  const selector = selectorOf(service) ?? {};
  const makers = workloadsMaking(cluster, namespace, selector);
  // Those that go are replaced, unless they hang.
  const going = cluster
    .podsMatching(namespace, selector)
    .filter(({ metadata }) => metadata.deletionTimestamp !== undefined);
  if (going.length > 0) {
    const hanging = going.filter(({ metadata }) => cluster.isOlderThan(metadata.deletionTimestamp, hangSeconds));
    return hanging.length > 0 ? [notReady(cluster, object, hanging)] : [];
  }
  // Meant to be so: only who waits for it tells of it.
  if (makers.some(({ spec }) => spec?.replicas === 0)) return [];
  return [noPods(cluster, object, selector, makers.map(refOf))];
}

/** Longer than the grace periods of the product's pods. */
const hangSeconds = 120;

function notReady(cluster: Cluster, object: ObjectRef, pods: readonly Pod[]): Finding {
  const names = pods.map((pod) => refText(podRef(pod)));
  return {
    code: "ServicePodsNotReady",
    object,
    problem: `${refText(object)} has no ready endpoint: ${listed(names)} ${names.length === 1 ? "is" : "are"} not ready.`,
    evidence: [
      { object, field: "ready endpoints", value: "0" },
      ...pods.slice(0, 3).map((pod) => ({
        object: podRef(pod),
        field: "status.conditions[Ready]",
        value: pod.status?.conditions?.find(({ type }) => type === "Ready")?.status ?? "False",
      })),
    ],
    fix: [{ text: "Mend the pods; the Service needs no change.", risk: "manual" }],
    dependsOn: behindPods(cluster, pods),
  };
}

function noPods(
  cluster: Cluster,
  object: ObjectRef,
  selector: Readonly<Record<string, string>>,
  makers: readonly ObjectRef[],
): Finding {
  const text = Object.entries(selector)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
  const nearest = makers.length > 0 ? undefined : nearestLabels(cluster, object.namespace ?? "", selector);
  const [maker] = makers;
  const why = maker
    ? `${refText(maker)} would make them, and has none`
    : nearest
      ? `nearest is ${refText(nearest.object)}, which has ${nearest.differences.map(({ key, is }) => `${key}=${is ?? "(none)"}`).join(" and ")} where the selector says ${nearest.differences.map(({ wanted }) => wanted).join(" and ")}`
      : `no workload of the namespace would make such pods`;
  return {
    code: "ServiceSelectsNoPod",
    object,
    problem: `${refText(object)} selects no pod (${text}): ${why}.`,
    evidence: [
      { object, field: "spec.selector", value: text },
      ...(nearest?.differences ?? []).map(({ key, is }) => ({
        object: nearest?.object ?? object,
        field: `labels[${key}]`,
        value: is ?? "(none)",
      })),
    ],
    fix: [
      maker
        ? { text: `See why ${refText(maker)} has no pods.`, command: describe(maker), risk: "manual" }
        : nearest
          ? {
              text: `Make the selector of ${refText(object)} agree with the labels of ${refText(nearest.object)}.`,
              risk: "manual",
            }
          : { text: "Install what makes its pods, or delete the Service.", risk: "manual" },
    ],
    dependsOn: makers.map((it) => ({ object: it, because: `${refText(it)} makes its pods` })),
  };
}

function portFindings(cluster: Cluster, service: Service): Finding[] {
  const pods = podsBehind(cluster, service);
  const names = new Set(
    pods.flatMap(({ spec }) =>
      [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].flatMap(({ ports = [] }) =>
        ports.map(({ name = "" }) => name),
      ),
    ),
  );
  const unknown = (service.spec?.ports ?? []).filter(
    ({ targetPort }) => typeof targetPort === "string" && pods.length > 0 && !names.has(targetPort),
  );
  const object = refOf({ ...service, kind: "Service" });
  const [pod] = pods;
  return unknown.map(({ port, targetPort = "" }) => ({
    code: "ServicePortUnknown",
    object,
    problem: `Port ${port} of ${refText(object)} goes to port "${targetPort}", and no container of ${pod ? refText(podRef(pod)) : "its pods"} names a port so (${listed([...names].filter(Boolean))}).`,
    evidence: [{ object, field: `spec.ports[${port}].targetPort`, value: String(targetPort) }],
    fix: [{ text: "Correct targetPort, or name the port in the container.", risk: "manual" }],
  }));
}

function describe({ kind, namespace = "", name }: ObjectRef): string {
  return `kubectl describe ${kind.toLowerCase()} ${name} --namespace ${namespace}`;
}
