import type { Pod } from "../../kube/kinds.ts";
import { counted, listed } from "../../kube/sentences.ts";
import type { Analyzer } from "../analyzer.ts";
import type { Cluster } from "../cluster.ts";
import { conditionOf } from "../conditions.ts";
import { refOf, refText } from "../finding.ts";
import type { Finding } from "../finding.ts";
import { closedBy } from "../network/policy.ts";
import { portNamed } from "../network/ports.ts";
import { podsOf, traefiksIn } from "../traefik/installation.ts";

/** Traefik and the operator may reach desktops: a policy that keeps either out leaves the page white, and the pod well. */
export const streamReach: Analyzer = {
  area: "streams",
  title: "Network policies let Traefik and the operator in",
  needs: ["Pod", "NetworkPolicy"],
  analyze(cluster) {
    const desktops = cluster.pods.filter(isDesktop);
    return {
      checked: desktops.length > 0 ? counted(desktops.length, "desktop") : undefined,
      findings: desktops.flatMap((it) => findings(cluster, it)),
    };
  },
};

function isDesktop(pod: Pod): boolean {
  return (
    pod.metadata.labels?.["vdi.kasm.io/session"] !== undefined &&
    conditionOf(pod, "Ready")?.status === "True" &&
    pod.metadata.deletionTimestamp === undefined
  );
}

/** The operator names the port of the stream so. */
const streamPort = "stream";

function findings(cluster: Cluster, desktop: Pod): Finding[] {
  const port =
    portNamed(desktop, streamPort) ?? desktop.spec?.containers?.flatMap(({ ports = [] }) => ports)[0]?.containerPort;
  if (port === undefined) return [];
  const visitors = [
    ["Traefik", traefiksIn(cluster).flatMap((it) => podsOf(cluster, it))],
    [
      "the operator",
      cluster.pods.filter(({ metadata }) => metadata.labels?.["app.kubernetes.io/name"] === "kasm-operator"),
    ],
  ] as const;
  return visitors.flatMap(([who, pods]) => {
    const shut = pods
      .map((pod) => ({ pod, policies: closedBy(cluster, { from: pod, to: desktop, protocol: "TCP", port }) ?? [] }))
      .find(({ policies }) => policies.length > 0);
    const [policy] = shut?.policies ?? [];
    if (!shut || !policy) return [];
    const object = refOf({ ...desktop, kind: "Pod" });
    const names = shut.policies.map(({ metadata }) => metadata.name);
    return [
      {
        code: "StreamBlockedByPolicy" as const,
        object,
        problem: `NetworkPolicy ${listed(names)} in ${policy.metadata.namespace} does not let ${who} (${shut.pod.metadata.namespace ?? ""}/${shut.pod.metadata.name}) reach port ${port} of ${refText(object)}.`,
        evidence: shut.policies.map((it) => ({
          object: refOf(it),
          field: it.spec?.ingress ? "spec.ingress" : "spec.egress",
          value: JSON.stringify(it.spec?.ingress ?? it.spec?.egress ?? []).slice(0, 300),
        })),
        fix: [
          {
            text: `The operator writes the policy of a session itself: delete what was added or changed by hand, and see that traefik's and the operator's namespaces are the ones it was told.`,
            command: `kubectl get networkpolicy ${names[0] ?? ""} --namespace ${policy.metadata.namespace} --output yaml`,
            risk: "manual" as const,
          },
        ],
      },
    ];
  });
}
