import type { AnyObject } from "../../kube/object.ts";
import type { Pod } from "../../kube/kinds.ts";
import { counted, listed } from "../../kube/sentences.ts";
import type { Analyzer } from "../analyzer.ts";
import type { Cluster } from "../cluster.ts";
import { conditionOf } from "../conditions.ts";
import { refOf, refText } from "../finding.ts";
import type { Finding, ObjectRef } from "../finding.ts";
import { ingressBackends } from "../traefik/ingresses.ts";
import { routesOf } from "../traefik/route.ts";

/** Services that routes lead to have pods behind them. A desktop that starts or is suspended has none, and that is no fault. */
export const routeEndpoints: Analyzer = {
  area: "streams",
  title: "Services behind routes have ready pods",
  needs: ["IngressRoute", "Ingress", "Service", "EndpointSlice", "Pod"],
  analyze(cluster) {
    const named = new Map(backendsOf(cluster).map((it) => [refText(it), it]));
    const services = [...named.values()].map((it) => cluster.find(it)).filter((it) => it !== undefined);
    return {
      checked: services.length > 0 ? counted(services.length, "Service") : undefined,
      findings: services.flatMap((it) => finding(cluster, it) ?? []),
    };
  },
};

const sessionLabel = "vdi.kasm.io/session";
const graceSeconds = 60;

function backendsOf(cluster: Cluster): ObjectRef[] {
  const routes = cluster.all("IngressRoute").flatMap((object) =>
    routesOf(object)
      .flatMap(({ backends }) => backends)
      .map(({ name, namespace = object.metadata?.namespace ?? "" }) => ({ kind: "Service", namespace, name })),
  );
  const ingresses = cluster.all("Ingress").flatMap((object) =>
    ingressBackends(object).map(({ name }) => ({
      kind: "Service",
      namespace: object.metadata?.namespace ?? "",
      name,
    })),
  );
  return [...routes, ...ingresses];
}

function finding(cluster: Cluster, service: AnyObject): Finding | undefined {
  const { selector, type } = (service["spec"] ?? {}) as { selector?: Record<string, string>; type?: string };
  const object = refOf(service);
  const { namespace = "", name } = object;
  if (type === "ExternalName" || hasReadyEndpoint(cluster, service)) return undefined;
  if (!cluster.isOlderThan(service.metadata?.creationTimestamp, graceSeconds)) return undefined;
  const pods = selector
    ? cluster.podsMatching(namespace, selector).filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    : [];
  const ready = pods.filter((pod) => isLongReady(cluster, pod));
  const evidence = [{ object, field: "ready endpoints in its EndpointSlices", value: "none" }];
  const [first] = ready;
  if (first)
    return {
      code: "EndpointMissing",
      object,
      problem: `Pod ${first.metadata.name} is ready, and ${refText(object)} has no endpoint for it: routes to it answer 503.`,
      evidence: [
        ...evidence,
        { object: refOf({ ...first, kind: "Pod" }), field: "status.conditions[Ready]", value: "True" },
      ],
      fix: [
        {
          text: "Compare the Service's target port with the ports of the pod; if they fit, look at K3s's controller manager.",
          command: `kubectl get endpointslices --namespace ${namespace} --selector kubernetes.io/service-name=${name} --output yaml`,
          risk: "manual",
        },
      ],
    };
  if (service.metadata?.labels?.[sessionLabel] !== undefined) return undefined;
  const labels = Object.entries(selector ?? {}).map(([key, value]) => `${key}=${value}`);
  if (pods.length === 0)
    return {
      code: "ServiceSelectsNothing",
      object,
      problem: `No pod carries the labels that ${refText(object)} selects (${listed(labels)}): routes to it answer 503.`,
      evidence: [...evidence, { object, field: "spec.selector", value: labels.join(",") || "(none)" }],
      fix: [
        {
          text: "See whether its workload has pods, and which labels they have.",
          command: `kubectl get pods --namespace ${namespace} --show-labels`,
          risk: "manual",
        },
      ],
      dependsOn: workloadsFor(cluster, namespace, selector ?? {}),
    };
  return {
    code: "ServiceWithoutReadyPods",
    object,
    problem: `None of the ${counted(pods.length, "pod")} behind ${refText(object)} is ready: routes to it answer 503.`,
    evidence,
    fix: [
      {
        text: "Look at its pods.",
        command: `kubectl describe pods --namespace ${namespace} --selector ${labels.join(",")}`,
        risk: "manual",
      },
    ],
    dependsOn: [
      ...pods.map((pod) => ({
        object: refOf({ ...pod, kind: "Pod" }),
        because: `${refText(object)} leads to this pod`,
      })),
      ...workloadsFor(cluster, namespace, selector ?? {}),
    ],
  };
}

interface EndpointSlice extends AnyObject {
  endpoints?: { conditions?: { ready?: boolean } }[] | null;
}

function hasReadyEndpoint(cluster: Cluster, { metadata }: AnyObject): boolean {
  return (cluster.all("EndpointSlice") as readonly EndpointSlice[])
    .filter(
      (it) =>
        it.metadata?.namespace === metadata?.namespace &&
        it.metadata?.labels?.["kubernetes.io/service-name"] === metadata?.name,
    )
    .some(({ endpoints }) => (endpoints ?? []).some(({ conditions }) => conditions?.ready !== false));
}

function isLongReady(cluster: Cluster, pod: Pod): boolean {
  const ready = conditionOf(pod, "Ready");
  return ready?.status === "True" && cluster.isOlderThan(ready.lastTransitionTime, graceSeconds);
}

function workloadsFor(cluster: Cluster, namespace: string, selector: Readonly<Record<string, string>>) {
  const wanted = Object.entries(selector);
  return ["Deployment", "StatefulSet", "DaemonSet"]
    .flatMap((kind) => cluster.all(kind))
    .filter(({ metadata, spec }) => {
      const labels =
        (spec as { template?: { metadata?: { labels?: Record<string, string> } } } | undefined)?.template?.metadata
          ?.labels ?? {};
      return (
        metadata?.namespace === namespace && wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value)
      );
    })
    .map((it) => ({ object: refOf(it), because: "it makes the pods that the Service leads to" }));
}
