import { quoted } from "../../kube/sentences.ts";
import type { Analyzer } from "../analyzer.ts";
import type { Cluster } from "../cluster.ts";
import { behindPods, clusterDns } from "../dependencies.ts";
import { refText } from "../finding.ts";
import type { Dependency, Finding, ObjectRef } from "../finding.ts";
import { aboutOf, askedOf, detail, evidenceOf } from "../probed.ts";
import type { ProbeResult } from "../snapshot.ts";
import { podsBehind, serviceNamed } from "./service.ts";

/** What a pod inside the cluster reaches, where one was asked for (`--probe-pod`). */
export const insidePaths: Analyzer = {
  area: "dns",
  title: "Pods resolve names and reach Traefik, database and operator",
  needs: ["Service", "Pod"],
  analyze(cluster) {
    const all = ["inside-dns", "inside-path", "probe-pod"].flatMap((it) => cluster.probes(it));
    return {
      checked: askedOf(cluster, "inside-dns", "inside-path", "probe-pod"),
      findings: all.filter(({ ok }) => !ok).map((it) => findingOf(cluster, it)),
    };
  },
};

function findingOf(cluster: Cluster, result: ProbeResult): Finding {
  if (result.probe === "inside-dns") return dnsFails(result);
  return result.probe === "inside-path" ? pathClosed(cluster, result) : notTold(result);
}

function dnsFails(result: ProbeResult): Finding {
  const namespace = detail(result, "namespace");
  return {
    code: "InsideDnsFails",
    object: { kind: "Namespace", name: namespace },
    problem: `A pod in namespace ${namespace} cannot resolve the cluster's own names: ${quoted(result.message)}.`,
    evidence: [evidenceOf(result)],
    fix: [
      {
        text: "See what CoreDNS says, and whether the node's firewall lets pods reach it (UDP and TCP 53, and VXLAN 8472 between nodes).",
        command: "kubectl logs --namespace kube-system --selector k8s-app=kube-dns --tail=50",
        risk: "manual",
      },
    ],
    dependsOn: clusterDns(`namespace ${namespace}`),
  };
}

function pathClosed(cluster: Cluster, result: ProbeResult): Finding {
  const service = aboutOf(result);
  const [namespace, port] = [detail(result, "namespace"), detail(result, "port")];
  return {
    code: "InsidePathClosed",
    object: service,
    problem: `A pod in namespace ${namespace} does not reach ${refText(service)} at port ${port}, although no NetworkPolicy closes the way: ${quoted(result.message)}.`,
    evidence: [evidenceOf(result)],
    fix: [
      {
        text: "If pods on one node reach it and those on another do not, open VXLAN (UDP 8472) between the nodes; else see what listens in the pods behind it.",
        command: `kubectl get endpointslices --namespace ${service.namespace ?? ""} --selector kubernetes.io/service-name=${service.name} --output wide`,
        risk: "manual",
      },
    ],
    dependsOn: behind(cluster, service),
  };
}

function behind(cluster: Cluster, { namespace = "", name }: ObjectRef): Dependency[] {
  const service = serviceNamed(cluster, namespace, name);
  return service ? behindPods(cluster, podsBehind(cluster, service)) : [];
}

function notTold(result: ProbeResult): Finding {
  return {
    code: "ProbePodFailed",
    object: { kind: "Namespace", name: detail(result, "namespace") },
    problem: `The pod that was to look from inside told nothing: ${quoted(result.message)}.`,
    evidence: [evidenceOf(result)],
    fix: [
      {
        text: "Name an image that the nodes can pull and that has sh, nslookup and nc (--probe-image), or a namespace that lets it in (--probe-namespace).",
        risk: "manual",
      },
    ],
  };
}
