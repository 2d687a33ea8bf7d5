import type { Analyzer } from "../analyzer.ts";
import type { Cluster } from "../cluster.ts";
import type { Finding, ObjectRef } from "../finding.ts";
import { serviceNamed } from "../network/service.ts";
import { deploymentFinding } from "../workloads/standing-deployment.ts";
import type { Workload } from "../workloads/workload.ts";

const deployment: ObjectRef = { kind: "Deployment", namespace: "kube-system", name: "coredns" };
const service: ObjectRef = { kind: "Service", namespace: "kube-system", name: "kube-dns" };

/** CoreDNS, as K3s brings it. A cluster whose Deployments hold nothing of kube-system is a part of one, and not judged. */
export const coreDns: Analyzer = {
  area: "dns",
  title: "CoreDNS answers",
  needs: ["Deployment", "Service"],
  analyze(cluster) {
    const found = cluster.find(deployment);
    const isThere = serviceNamed(cluster, "kube-system", "kube-dns") !== undefined;
    // Each API server makes the Service kubernetes: where that is not seen, nor is the rest.
    const isWhole = serviceNamed(cluster, "default", "kubernetes") !== undefined;
    if (!found && !isThere && !isWhole) return { checked: undefined, findings: [] };
    const own = found ? serverFindings(cluster, found as Workload) : [missing(cluster)].flat();
    return { checked: "Deployment and Service", findings: [...own, ...(isThere ? [] : [withoutService])] };
  },
};

function serverFindings(cluster: Cluster, found: Workload): Finding[] {
  const codes = {
    scaledDown: "CoreDnsScaledDown",
    unavailable: "CoreDnsUnavailable",
    effect: "no pod of the cluster resolves names",
    replicas: 1,
  } as const;
  const finding = deploymentFinding(cluster, { ...found, kind: "Deployment" }, codes);
  return finding ? [{ ...finding, explains: [serviceFollows] }] : [];
}

const serviceFollows = { object: service, because: "CoreDNS serves it" };

/** Another DNS server under the labels that kube-dns selects does as well. */
function missing(cluster: Cluster): Finding[] {
  if (cluster.podsMatching("kube-system", { "k8s-app": "kube-dns" }).length > 0) return [];
  return [
    {
      code: "CoreDnsMissing",
      object: deployment,
      problem:
        "Deployment kube-system/coredns does not exist, and no other pod has its label k8s-app=kube-dns: no pod of the cluster resolves names.",
      evidence: [{ object: { kind: "Namespace", name: "kube-system" }, field: "Deployments", value: namesIn(cluster) }],
      fix: [
        {
          text: "Take --disable=coredns off the K3s servers, or restart one: it applies its packaged components again.",
          command: "systemctl restart k3s",
          risk: "restart",
        },
      ],
      explains: [serviceFollows],
    },
  ];
}

function namesIn(cluster: Cluster): string {
  const names = cluster.all("Deployment").filter(({ metadata }) => metadata?.namespace === "kube-system");
  return names.map(({ metadata }) => metadata?.name ?? "").join(", ") || "none";
}

const withoutService: Finding = {
  code: "DnsServiceMissing",
  object: service,
  problem: "Service kube-system/kube-dns does not exist, and the resolver of every pod asks its address.",
  evidence: [{ object: service, field: "metadata", value: "not found" }],
  fix: [
    {
      text: "Restart a K3s server, which applies its packaged components again.",
      command: "systemctl restart k3s",
      risk: "restart",
    },
  ],
};
