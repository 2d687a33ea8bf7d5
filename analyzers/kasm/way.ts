import { podRef } from "../containers/pod-facts.ts";
import type { Pod } from "../../kube/kinds.ts";
import type { Cluster } from "../cluster.ts";
import { refOf, refText } from "../finding.ts";
import type { Dependency, Finding } from "../finding.ts";
import { closedBy } from "../network/policy.ts";
import type { NetworkPolicy } from "../network/policy.ts";
import { serviceNamed } from "../network/service.ts";
import { serviceOf } from "../waits/target.ts";
import type { Wait } from "../waits/wait.ts";
import { dnsClosedBy } from "../network/dns-way.ts";

/** Why a pod that serves is not reached. */
export interface ClosedWay {
  readonly text: string;
  readonly behind: readonly Dependency[];
  readonly findings: readonly Finding[];
}

/** What NetworkPolicies say of the way from who waits to what is ready: first to the cluster's DNS, then to its pods. */
export function wayBetween(cluster: Cluster, wait: Wait, targets: readonly Pod[]): ClosedWay | undefined {
  const dns = dnsClosedBy(cluster, wait.pod);
  if (dns)
    return {
      text: `it may not ask the cluster's DNS for ${wait.awaited.host}`,
      behind: behind(dns, "DNS"),
      findings: [],
    };
  const port = portOf(cluster, wait);
  const [to] = targets;
  if (!to || port === undefined) return undefined;
  const policies = closedBy(cluster, { from: wait.pod, to, protocol: "TCP", port });
  if (!policies) return undefined;
  const way = `from ${refText(podRef(wait.pod))} to TCP port ${port} of ${refText(podRef(to))}`;
  return {
    text: `no NetworkPolicy opens the way to ${refText(podRef(to))}`,
    behind: behind(policies, `TCP port ${port}`),
    findings: policies.slice(0, 1).map((it) => denied(it, way)),
  };
}

function behind(policies: readonly NetworkPolicy[], what: string): Dependency[] {
  return policies.map((it) => {
    const object = refOf({ ...it, kind: "NetworkPolicy" });
    return { object, because: `${refText(object)} closes the way to ${what}` };
  });
}

function denied(policy: NetworkPolicy, way: string): Finding {
  const object = refOf({ ...policy, kind: "NetworkPolicy" });
  return {
    code: "TrafficDenied",
    object,
    problem: `${refText(object)} closes the way ${way}, and no other policy opens it.`,
    evidence: [
      { object, field: "spec.podSelector", value: JSON.stringify(policy.spec?.podSelector ?? {}) },
      { object, field: "spec.policyTypes", value: (policy.spec?.policyTypes ?? ["Ingress"]).join(", ") },
    ],
    fix: [{ text: `Add a NetworkPolicy that opens the way ${way}.`, risk: "manual" }],
  };
}

/** Port of the pod: the Service's, translated. */
function portOf(cluster: Cluster, { pod, awaited }: Wait): number | undefined {
  const service = serviceOf(cluster, awaited.host, pod.metadata.namespace ?? "");
  const found = service && serviceNamed(cluster, service.namespace ?? "", service.name);
  const target = found?.spec?.ports?.find(({ port }) => port === awaited.port)?.targetPort ?? awaited.port;
  return typeof target === "number" ? target : undefined;
}
