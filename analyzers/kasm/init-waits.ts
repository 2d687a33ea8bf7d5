import { podRef } from "../containers/pod-facts.ts";
import type { Pod } from "../../kube/kinds.ts";
import { counted, lastLine } from "../../kube/sentences.ts";
import type { Analyzer } from "../analyzer.ts";
import type { Cluster } from "../cluster.ts";
import { clusterDns } from "../dependencies.ts";
import { refText } from "../finding.ts";
import type { Dependency, Evidence, Finding } from "../finding.ts";
import { isPodOver } from "../containers/pod-progress.ts";
import { waitOf } from "../waits/wait.ts";
import type { Wait } from "../waits/wait.ts";
import { circleThrough } from "./circle.ts";
import { isStuck, standing } from "./stuck.ts";
import { wayBetween } from "./way.ts";

/**
 * Init containers that wait in a loop: each is followed to what it waits for. Such a loop never fails, so that neither the
 * pod's status nor an event says what is wrong (kasm-helm's kasm.initContainer: `while ! curl ...; sleep 5`).
 */
export const initWaits: Analyzer = {
  area: "kasm",
  title: "Init containers get what they wait for",
  needs: ["Pod"],
  analyze(cluster) {
    const waits = cluster.pods.filter((pod) => !isPodOver(pod)).flatMap((pod) => waitOf(pod) ?? []);
    const stuck = waits.filter((it) => isStuck(cluster, it));
    const findings = stuck.flatMap((it) => findingsOf(cluster, it));
    const unique = new Map(findings.map((it) => [`${it.code} ${refText(it.object)}`, it]));
    return { checked: waits.length > 0 ? counted(waits.length, "wait") : undefined, findings: [...unique.values()] };
  },
};

function findingsOf(cluster: Cluster, wait: Wait): Finding[] {
  const { pod, container, place, since, awaited } = wait;
  const object = podRef(pod);
  const { namespace = "", name } = pod.metadata;
  const found = standing(cluster, wait);
  const way = found.is === "ready" ? wayBetween(cluster, wait, found.pods) : undefined;
  const circle = circleThrough(cluster, wait);
  const dns = clusterDns(`init container ${container}`);
  const own = found.is === "ready" ? [...(way?.behind ?? []), ...dns, ...found.behind] : [...found.behind, ...dns];
  const dependsOn: Dependency[] = [...(circle?.behind ?? []), ...own, ...nodeOf(pod)];
  const words = lastLine(cluster.log(pod, container));
  const evidence: Evidence[] = [
    { object, field: `init container ${container} running since`, value: since },
    { object, field: `command of init container ${container}`, value: awaited.text },
    ...(words === undefined ? [] : [{ object, field: `log of container ${container}`, value: words }]),
  ];
  const isOpen = found.is === "ready" && !way;
  return [
    {
      code: "InitContainerWaiting",
      object,
      container,
      problem: `Init container ${container} (${place}) has waited for ${awaited.text} since ${since}: ${way?.text ?? found.text}${isOpen ? ", and still it gets no answer" : ""}.`,
      evidence,
      fix: [
        isOpen || found.is === "unknown"
          ? {
              text: `Ask from within ${refText(object)} what it asks, to see the error.`,
              command: `kubectl exec ${name} --namespace ${namespace} --container ${container} -- ${question(wait)}`,
              risk: "manual",
            }
          : { text: "Mend what it waits for; the pod goes on by itself.", risk: "manual" },
      ],
      dependsOn,
    },
    ...found.findings,
    ...(way?.findings ?? []),
    ...(circle?.findings ?? []),
  ];
}

function nodeOf({ spec }: Pod): Dependency[] {
  const name = spec?.nodeName;
  return name === undefined ? [] : [{ object: { kind: "Node", name }, because: `the pod is on Node ${name}` }];
}

function question({ awaited: { kind, host, port, text } }: Wait): string {
  if (kind === "http") return `curl --verbose --max-time 5 ${text}`;
  if (kind === "name") return `nslookup ${host}`;
  return kind === "port" ? `nc -vz ${host} ${port ?? ""}` : `pg_isready --host ${host} --port ${port ?? ""}`;
}
