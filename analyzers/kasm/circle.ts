import { podRef } from "../containers/pod-facts.ts";
import type { Cluster } from "../cluster.ts";
import { refText } from "../finding.ts";
import type { Dependency, Finding } from "../finding.ts";
import { podsBehind, serviceNamed } from "../network/service.ts";
import { changeOf } from "../workloads/controllers.ts";
import { ownerOf } from "../workloads/owners.ts";
import { serviceOf } from "../waits/target.ts";
import { waitOf } from "../waits/wait.ts";
import type { Wait } from "../waits/wait.ts";

/**
 * Two pods that wait for each other: kasm-helm before 1.1190.1 has the proxy wait for guac and the RDP gateway, which reach
 * the API through the proxy.
 */
export function circleThrough(cluster: Cluster, wait: Wait): { behind: Dependency[]; findings: Finding[] } | undefined {
  const back = podsAwaited(cluster, wait).flatMap((pod) => waitOf(pod) ?? []);
  const other = back.find((it) => podsAwaited(cluster, it).includes(wait.pod));
  if (!other) return undefined;
  const [a, b] = [wait, other].map(({ pod }) => ownerOf(cluster, pod) ?? podRef(pod));
  if (!a || !b) return undefined;
  // Found from both of its ends, and told once: at whoever waits for a gateway rather than for the API.
  const [object, opposite, first, second] = isForApi(wait) ? [b, a, other, wait] : [a, b, wait, other];
  const finding: Finding = {
    code: "GatewayWaitCircular",
    object,
    problem: `${refText(object)} waits for ${first.awaited.text}, and ${refText(opposite)} behind it waits for ${second.awaited.text}, which ${refText(object)} serves: neither ever starts.`,
    evidence: [first, second].map(({ pod, container, awaited }) => ({
      object: podRef(pod),
      field: `command of init container ${container}`,
      value: awaited.text,
    })),
    fix: [
      changeOf(cluster, object, {
        text: "Upgrade to chart kasm-helm 1.1190.1 or newer (kasm-vdi:kasm.chart). Until then, taking the waits for guac and RDP out of the proxy's Deployment lets it start.",
        command: `kubectl edit ${object.kind.toLowerCase()} ${object.name} --namespace ${object.namespace ?? ""}`,
        risk: "restart",
      }),
    ],
  };
  return { behind: [{ object, because: `it is in a circle with ${refText(object)}` }], findings: [finding] };
}

function isForApi({ awaited }: Wait): boolean {
  return awaited.text.includes("/api/");
}

function podsAwaited(cluster: Cluster, { pod, awaited }: Wait) {
  const service = serviceOf(cluster, awaited.host, pod.metadata.namespace ?? "");
  const found = service && serviceNamed(cluster, service.namespace ?? "", service.name);
  return found ? podsBehind(cluster, found) : [];
}
