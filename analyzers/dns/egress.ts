import { podRef } from "../containers/pod-facts.ts";
import type { Pod } from "../../kube/kinds.ts";
import { counted, listed } from "../../kube/sentences.ts";
import type { Analyzer } from "../analyzer.ts";
import type { Cluster } from "../cluster.ts";
import { refOf, refText } from "../finding.ts";
import type { Finding } from "../finding.ts";
import { kasmNamespaces } from "../kasm/parts.ts";
import { dnsClosedBy } from "../network/dns-way.ts";
import type { NetworkPolicy } from "../network/policy.ts";
import { isPodOver } from "../containers/pod-progress.ts";

/** NetworkPolicies that keep Kasm's pods or desktops from the cluster's DNS. */
export const dnsEgress: Analyzer = {
  area: "dns",
  title: "Pods may ask the cluster's DNS",
  needs: ["NetworkPolicy", "Pod"],
  analyze(cluster) {
    const kasm = kasmNamespaces(cluster);
    const pods = cluster.pods.filter(
      (pod) =>
        !isPodOver(pod) && (kasm.has(pod.metadata.namespace ?? "") || isDesktop(pod)) && !isIsolated(cluster, pod),
    );
    const closed = pods.flatMap((pod) => {
      const [policy] = dnsClosedBy(cluster, pod) ?? [];
      return policy ? [{ pod, policy }] : [];
    });
    const byPolicy = Map.groupBy(closed, ({ policy }) => refText(refOf({ ...policy, kind: "NetworkPolicy" })));
    const findings = [...byPolicy.values()].flatMap((them) => finding(them) ?? []);
    return { checked: pods.length > 0 ? counted(pods.length, "pod") : undefined, findings };
  },
};

function isDesktop({ metadata }: Pod): boolean {
  return metadata.labels?.["app.kubernetes.io/name"] === "vdi-desktop";
}

/** Desktops of a template with networkMode Isolated are meant to reach nothing. */
function isIsolated(cluster: Cluster, { metadata }: Pod): boolean {
  const name = metadata.annotations?.["vdi.kasm.io/template-name"];
  const template = name === undefined ? undefined : cluster.get("VDITemplate", name);
  return (template?.["spec"] as { networkMode?: string } | undefined)?.networkMode === "Isolated";
}

function finding(closed: readonly { pod: Pod; policy: NetworkPolicy }[]): Finding | undefined {
  const [first] = closed;
  if (!first) return undefined;
  const object = refOf({ ...first.policy, kind: "NetworkPolicy" });
  const { namespace } = first.policy.metadata;
  return {
    code: "DnsEgressDenied",
    object,
    problem: `${refText(object)} closes egress, and no policy opens UDP port 53 to CoreDNS for ${listed(closed.map(({ pod }) => refText(podRef(pod))))}: names are not resolved there.`,
    evidence: [
      { object, field: "spec.podSelector", value: JSON.stringify(first.policy.spec?.podSelector ?? {}) },
      { object, field: "spec.policyTypes", value: (first.policy.spec?.policyTypes ?? []).join(", ") },
    ],
    fix: [
      {
        text: `Open UDP and TCP 53 from namespace ${namespace} to pods k8s-app=kube-dns in kube-system; PULUMI_K8S_ENABLE_PATCH_FORCE=true pulumi up --refresh puts back the policies that the product brings.`,
        command: `kubectl describe networkpolicies --namespace ${namespace}`,
        risk: "manual",
      },
    ],
  };
}
