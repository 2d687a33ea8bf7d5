import { podRef } from "../containers/pod-facts.ts";
import { graceSeconds, isReady } from "../readiness.ts";
import { lastLine } from "../../kube/sentences.ts";
import type { Cluster } from "../cluster.ts";
import { behindPods } from "../dependencies.ts";
import { refOf, refText } from "../finding.ts";
import type { Evidence, Finding } from "../finding.ts";
import { isProgressing } from "../containers/pod-progress.ts";
import type { Code } from "../catalog.ts";
import { changeOf } from "./controllers.ts";
import { conditionOf, podsOf } from "./workload.ts";
import type { Workload } from "./workload.ts";

/** Codes for the two ways in which a Deployment that all rests on does not stand, and what that means. */
export interface StandingCodes {
  readonly scaledDown: Code;
  readonly unavailable: Code;
  /** As a clause: `no session is reconciled`. */
  readonly effect: string;
  /** Replicas that it is to have. */
  readonly replicas: number;
}

/** What is wrong with a Deployment that has to serve; undefined when one of its pods does, or when it has just begun. */
export function deploymentFinding(cluster: Cluster, it: Workload, codes: StandingCodes): Finding | undefined {
  const object = refOf(it);
  const { namespace, name, creationTimestamp } = it.metadata;
  const { replicas = 1 } = it.spec ?? {};
  if (replicas === 0)
    return {
      code: codes.scaledDown,
      object,
      problem: `${refText(object)} is scaled to 0: ${codes.effect}.`,
      evidence: [{ object, field: "spec.replicas", value: "0" }],
      fix: [
        changeOf(cluster, object, {
          text: "Scale it up.",
          command: `kubectl scale deployment ${name} --namespace ${namespace} --replicas ${codes.replicas}`,
          risk: "safe",
        }),
      ],
    };
  if ((it.status?.availableReplicas ?? 0) > 0) return undefined;
  const available = conditionOf(it, "Available");
  const since = available?.lastTransitionTime ?? creationTimestamp;
  if (since !== undefined && !cluster.isOlderThan(since, graceSeconds)) return undefined;
  const pods = podsOf(cluster, it);
  if (pods.length > 0 && pods.every((pod) => isReady(pod) || isProgressing(cluster, pod))) return undefined;
  const words = pods.flatMap((pod): Evidence[] => terminationMessages(cluster, podRef(pod)));
  return {
    code: codes.unavailable,
    object,
    problem: `${refText(object)} has 0 of ${replicas} pods ready${since === undefined ? "" : ` since ${since}`}: ${codes.effect}.${words[0] ? ` It last said: ${words[0].value}.` : ""}`,
    evidence: [{ object, field: "status.availableReplicas", value: "0" }, ...words.slice(0, 2)],
    fix: [
      {
        text: "Mend what keeps its pods from being ready.",
        command: `kubectl describe pods --namespace ${namespace} --selector ${selectorText(it)}`,
        risk: "manual",
      },
    ],
    dependsOn: behindPods(cluster, pods),
    explains: [{ object, because: "it is the same Deployment" }],
  };
}

function terminationMessages(cluster: Cluster, object: ReturnType<typeof podRef>): Evidence[] {
  return cluster.snapshot.logs
    .filter(({ pod, namespace }) => pod === object.name && namespace === object.namespace)
    .toSorted((a, b) => Number(b.previous) - Number(a.previous))
    .flatMap(({ container, previous, text }) => {
      const value = lastLine(text);
      const field = `log of container ${container}${previous ? " before its restart" : ""}`;
      return value === undefined ? [] : [{ object, field, value }];
    });
}

function selectorText({ spec }: Workload): string {
  return Object.entries(spec?.selector?.matchLabels ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
}
