import { counted } from "../../kube/sentences.ts";
import type { Analyzer } from "../analyzer.ts";
import { entryOf } from "../catalog.ts";
import type { Code } from "../catalog.ts";
import type { Cluster } from "../cluster.ts";
import { refText } from "../finding.ts";
import type { Dependency, Finding } from "../finding.ts";
import { partsAwaited, runtimeParts } from "../gpu/part-waits.ts";
import { deadlockOf } from "../scheduling/init-deadlock.ts";
import { onNode, waitedFor } from "./pod-dependencies.ts";
import { livePods, podRef } from "./pod-facts.ts";
import { missingObject } from "./references.ts";
import { podVerdicts } from "./pod-verdicts.ts";
import type { PodVerdict } from "./pod-verdicts.ts";
import { fixOf } from "../verdict.ts";
import { waitOf } from "../waits/wait.ts";

/** Containers of pods that have a node: created, started, and ready. */
export const podContainers: Analyzer = {
  area: "containers",
  title: "Containers run and are ready",
  needs: ["Pod"],
  analyze(cluster) {
    const found = podVerdicts(cluster).filter(
      ({ pod, verdict }) =>
        entryOf(verdict.code).area === "containers" &&
        // Whose script says what it waits for is followed to it (kasm/init-waits.ts).
        !(verdict.code === "InitStuck" && waitOf(pod)),
    );
    return { checked: checkedPods(cluster), findings: found.map((it) => findingOf(cluster, it)) };
  },
};

export function checkedPods(cluster: Cluster): string | undefined {
  const pods = livePods(cluster).length;
  return pods > 0 ? counted(pods, "pod") : undefined;
}

export function findingOf(
  cluster: Cluster,
  { pod, container, verdict, evidence }: PodVerdict,
  more: readonly Dependency[] = [],
): Finding {
  return {
    code: verdict.code,
    object: podRef(pod),
    ...(container && { container: container.status.name }),
    problem: verdict.problem,
    evidence,
    fix: fixOf(verdict),
    dependsOn: [
      ...onMissing(pod, container, verdict.code),
      ...dependenciesOf(cluster, pod, container, verdict.code),
      ...more,
    ],
  };
}

/** What other pods lack as a volume is told at the object itself. */
function onMissing(pod: PodVerdict["pod"], container: PodVerdict["container"], code: Code): Dependency[] {
  const object = missingObject(pod, code, container?.status);
  return object ? [{ object, because: `it refers to ${refText(object)}` }] : [];
}

function dependenciesOf(
  cluster: Cluster,
  pod: PodVerdict["pod"],
  container: PodVerdict["container"],
  code: string,
): Dependency[] {
  const deadlock = waiting.has(code) ? deadlockOf(cluster, pod) : [];
  if (code === "InitStuck")
    return [
      ...waitedFor(cluster, pod, container?.spec),
      ...partsAwaited(cluster, pod, container?.status.name ?? ""),
      ...deadlock,
    ];
  const runtime = code === "RuntimeNotConfigured" || code === "GpuNotUsable" ? runtimeParts(cluster, pod) : [];
  return [...deadlock, ...runtime, ...(ofNode.has(code) ? onNode(pod) : [])];
}

// A pod that waits for another one is no fault of its node's, but for what the node itself has to give.
const ofNode = new Set([
  ...["NodeLost", "GpuDriverMismatch", "GpuNotUsable", "RuntimeNotConfigured", "NetworkPluginFailed", "SandboxFailed"],
  ...["NodeDiskFull", "SelinuxDenied", "VolumePathMissing", "VolumeReadOnly"],
]);

const waiting = new Set(["InitStuck", "ProbeFailing", "CrashLoop", "KilledByProbe"]);
