import { loadBalancerProblem } from "../../analyzers/workloads/services.ts";
import { nameOf, problemLines, workloadKinds, workloadProblem } from "../../analyzers/workloads/workloads.ts";
import { isUnderway } from "../../helm/interruption.ts";
import type { Revision } from "../../helm/revision.ts";
import type { AnyObject } from "../../kube/client.ts";
import { quoted } from "../../kube/sentences.ts";

/** Objects that should run, and what there is of them. */
export interface RolloutSnapshot {
  readonly expected: readonly AnyObject[];
  /** In the same order; undefined for what does not exist. */
  readonly found: readonly (AnyObject | undefined)[];
  /** Of their namespaces. */
  readonly pods: readonly AnyObject[];
  /** Warnings of their namespaces, core/v1. */
  readonly events: readonly AnyObject[];
}

/** Whether an object is there only when it is at work: what starts pods, and Services for browsers. */
export function isAwaited({ kind = "", spec }: AnyObject): boolean {
  return (
    Object.hasOwn(workloadKinds, kind) || (kind === "Service" && (spec as { type?: string }).type === "LoadBalancer")
  );
}

/** One line for each object that does not run, the causes first; empty when all do. */
export function rolloutProblems({ expected, found, pods, events }: RolloutSnapshot): string[] {
  const missing = expected.filter((object, index) => found[index] === undefined && !removesItself(object));
  const problems = found.flatMap((object) => {
    if (!object) return [];
    const address = loadBalancerProblem(object);
    if (address !== undefined) return [{ text: address, isWaiting: false }];
    return object.kind === "Service" ? [] : (workloadProblem(object, { pods, events }) ?? []);
  });
  return problemLines(missing.map(nameOf), problems);
}

/** What Helm's own record says against a release. */
export interface ReleaseProblem {
  readonly text: string;
  /** Time does not mend it. */
  readonly isFinal: boolean;
}

/** What is wrong with the newest revision of a release; undefined when it is deployed. */
export function releaseProblem(
  namespace: string,
  release: string,
  revision: Revision | undefined,
): ReleaseProblem | undefined {
  if (!revision) {
    const way = "`pulumi up --refresh` installs it again";
    return { text: `Helm has no release ${namespace}/${release}: ${way}`, isFinal: true };
  }
  const { number, status, description } = revision;
  if (status === "deployed") return undefined;
  const which = `revision ${number} of release ${namespace}/${release}`;
  if (isUnderway(revision) && status !== "uninstalling")
    return { text: `Helm is at work on ${which} (${status})`, isFinal: false };
  // While the config stays the same the engine sees no reason to run Helm; without the record it finds the release gone.
  const records = `kubectl delete secret --namespace ${namespace} --selector owner=helm,name=${release}`;
  return {
    text: `Helm has ${which} as ${status}: ${quoted(description)}. To run Helm again: ${records}, then \`pulumi up --refresh\``,
    isFinal: true,
  };
}

// A finished Job with a time to live goes by itself.
function removesItself({ kind, spec }: AnyObject): boolean {
  return kind === "Job" && (spec as { ttlSecondsAfterFinished?: number }).ttlSecondsAfterFinished !== undefined;
}
