import { Cluster } from "../../analyzers/cluster.ts";
import type { ProbeResult, Snapshot } from "../../analyzers/snapshot.ts";
import type { Pod } from "../../kube/kinds.ts";
import type { AnyObject, ObjectKey } from "../../kube/object.ts";
import { sentenceOf } from "../error-sentence.ts";
import { probeLabel, probeName, probePod } from "./manifest.ts";
import { insideResults } from "./script.ts";
import { insideTargets } from "./targets.ts";

/** What the probe needs of a cluster; the client has it. */
export interface PodHands {
  list(apiVersion: string, kind: string, options: { namespace: string; labelSelector: string }): Promise<AnyObject[]>;
  create(object: AnyObject): Promise<AnyObject>;
  get(key: ObjectKey): Promise<AnyObject | undefined>;
  delete(key: ObjectKey, propagation: "Background", options: { gracePeriodSeconds: number }): Promise<void>;
}

export interface ProbePodSettings {
  readonly namespace: string;
  readonly image: string;
  readonly pause: (ms: number) => Promise<unknown>;
  /** Aborted where somebody ends the run: the pod goes at once. */
  readonly signal: AbortSignal;
}

const mostLooks = 45;

/**
 * Looks from inside the cluster: makes one pod, reads what it says at its end, and deletes it whatever happens. Pods that a run
 * before left behind, because it was killed, go first.
 */
export async function runProbePod(
  snapshot: Snapshot,
  hands: PodHands,
  settings: ProbePodSettings,
): Promise<ProbeResult[]> {
  const { namespace, image } = settings;
  const target = `a pod with image ${image} in namespace ${namespace}`;
  try {
    await deleteAll(hands, namespace);
    const targets = insideTargets(new Cluster(snapshot), probePod(settings, []) as unknown as Pod);
    const made = await hands.create(probePod(settings, targets));
    const message = await endOf(hands, made, settings);
    return insideResults(message, namespace, targets);
  } catch (error) {
    return [{ probe: "probe-pod", target, ok: false, message: sentenceOf(error), details: { namespace, image } }];
  } finally {
    await deleteAll(hands, namespace);
  }
}

/** @throws Error that says how the pod stands, where it does not end in time or without a word */
async function endOf(hands: PodHands, made: AnyObject, { pause, signal }: ProbePodSettings): Promise<string> {
  let last = "it has no status";
  for (let look = 0; look < mostLooks && !signal.aborted; look++) {
    await pause(1_000);
    const pod = (await hands.get(keyOf(made))) as Pod | undefined;
    if (!pod) throw new Error("The pod was deleted by somebody else.");
    const { phase, containerStatuses = [], conditions = [] } = pod.status ?? {};
    const { terminated, waiting } = containerStatuses[0]?.state ?? {};
    if (terminated?.message !== undefined && terminated.message !== "") return terminated.message;
    if (phase === "Succeeded" || phase === "Failed") throw new Error("The pod ended without a word.");
    const unscheduled = conditions.find(({ type, status }) => type === "PodScheduled" && status === "False");
    last = waiting?.message ?? waiting?.reason ?? unscheduled?.message ?? `it is ${phase ?? "Pending"}`;
  }
  throw new Error(signal.aborted ? "The run was ended." : `The pod did not end within ${mostLooks} s: ${last}.`);
}

async function deleteAll(hands: PodHands, namespace: string): Promise<void> {
  const pods = await hands.list("v1", "Pod", { namespace, labelSelector: `${probeLabel}=${probeName}` });
  for (const pod of pods) await hands.delete(keyOf(pod), "Background", { gracePeriodSeconds: 0 });
}

function keyOf({ metadata }: AnyObject): ObjectKey {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { namespace: metadata?.namespace ?? "", name: metadata?.name ?? "" },
  };
}
