import { graceSeconds } from "../readiness.ts";
import type { AnyObject } from "../../kube/object.ts";
import type { Pod } from "../../kube/kinds.ts";
import { counted } from "../../kube/sentences.ts";
import type { Analyzer } from "../analyzer.ts";
import type { Cluster } from "../cluster.ts";
import { conditionOf } from "../conditions.ts";
import { refOf, refText } from "../finding.ts";
import type { Finding } from "../finding.ts";

/** Services of sessions lead to their pods. A desktop that starts or is suspended has no endpoint, and that is no fault. */
export const sessionEndpoints: Analyzer = {
  area: "streams",
  title: "Services of sessions lead to their ready pods",
  needs: ["Service", "EndpointSlice", "Pod"],
  analyze(cluster) {
    const services = cluster.all("Service").filter(({ metadata }) => metadata?.labels?.[sessionLabel] !== undefined);
    return {
      checked: services.length > 0 ? counted(services.length, "Service") : undefined,
      findings: services.flatMap((it) => finding(cluster, it) ?? []),
    };
  },
};

const sessionLabel = "vdi.kasm.io/session";

function finding(cluster: Cluster, service: AnyObject): Finding | undefined {
  const { selector } = (service["spec"] ?? {}) as { selector?: Record<string, string> };
  const object = refOf(service);
  const { namespace = "", name } = object;
  if (!selector || hasReadyEndpoint(cluster, service)) return undefined;
  const pod = cluster.podsMatching(namespace, selector).find((it) => isLongReady(cluster, it));
  if (!pod) return undefined;
  return {
    code: "EndpointMissing",
    object,
    problem: `Pod ${pod.metadata.name} is ready, and ${refText(object)} has no endpoint for it: routes to it answer 503.`,
    evidence: [
      { object, field: "ready endpoints in its EndpointSlices", value: "none" },
      { object: refOf({ ...pod, kind: "Pod" }), field: "status.conditions[Ready]", value: "True" },
    ],
    fix: [
      {
        text: "Compare the Service's target port with the ports of the pod; if they fit, look at K3s's controller manager.",
        command: `kubectl get endpointslices --namespace ${namespace} --selector kubernetes.io/service-name=${name} --output yaml`,
        risk: "manual",
      },
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
  return (
    pod.metadata.deletionTimestamp === undefined &&
    ready?.status === "True" &&
    cluster.isOlderThan(ready.lastTransitionTime, graceSeconds)
  );
}
