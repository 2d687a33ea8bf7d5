import { isDeepStrictEqual } from "node:util";
import { isUnderway, mayWorkUntil } from "../helm/interruption.ts";
import type { Revision } from "../helm/revision.ts";
import { installedRelease } from "./checkpoint.ts";
import type { Finding, ReleaseName, Step } from "./findings.ts";
import { isLasting, missing, objectsOf } from "./manifest.ts";
import { plain } from "./property-values.ts";
import type { StateResource } from "./state.ts";

/** A release of the stack: one of its state, of a pending operation, or only of one of its namespaces. */
export interface FoundRelease extends ReleaseName {
  /** Its URN, when the state has it. */
  readonly urn?: string;
  /** What an interrupted run wanted of it; else, when the state does not have it, what the program wants. */
  readonly wanted?: WantedRelease;
  /** Oldest first. */
  readonly history: readonly Revision[];
  /** How long Helm was to wait for its objects, and for each of its hooks. */
  readonly patience: { readonly objectsSeconds: number; readonly hookSeconds: number };
}

export interface WantedRelease {
  readonly resource: StateResource;
  /** Name of the chart, whatever address or path it comes from. */
  readonly chart: string;
}

/** What to do about one release; undefined when nothing is. */
export function planRelease(release: FoundRelease): Finding | undefined {
  const { namespace, name, history, urn, wanted } = release;
  const object = `release ${namespace}/${name}`;
  const newest = history.at(-1);
  if (newest && (isUnderway(newest) || newest.status === "uninstalled"))
    return { object, ...planBroken(release, newest) };
  if (newest && urn === undefined) return { object, ...planUnknown(release, newest, seen(newest)) };
  if (newest && wanted && disagreement(newest, wanted) === undefined) {
    const found = `${seen(newest)}, and the state has an earlier one`;
    return { object, found, does: "taken into the state", steps: [put(wanted, newest)] };
  }
  if (newest || urn === undefined) return undefined;
  return { object, found: "the state has it, and Helm does not", does: "taken out of the state", steps: drop(release) };
}

/**
 * A plugin goes on with a release for a while when its engine is killed, and another Helm may be at work elsewhere.
 *
 * @throws Error when one of the releases may be in such hands
 */
export function refuseWhileHelmWorks(releases: readonly FoundRelease[], now: Date): void {
  for (const { namespace, name, history, patience } of releases) {
    const newest = history.at(-1);
    if (!newest || !isUnderway(newest)) continue;
    const until = new Date(mayWorkUntil(newest, patience.hookSeconds).getTime() + patience.objectsSeconds * 1000);
    if (now < until)
      throw new Error(
        `Helm may still be at work on release ${namespace}/${name}: revision ${newest.number} is ${newest.status} since ` +
          `${newest.lastStep.toISOString()}. Nothing was done; run this again after ${until.toISOString()}.`,
      );
  }
}

type Outcome = Omit<Finding, "object">;

/** Helm refuses to install and to upgrade over the newest revision. */
function planBroken(release: FoundRelease, newest: Revision): Outcome {
  const earlier = release.history.filter((revision) => !isUnderway(revision));
  const target = earlier.findLast(({ status }) => status === "deployed") ?? earlier.at(-1);
  const found = seen(newest);
  if (!target || newest.status.startsWith("uninstall")) {
    const objects = objectsOf(newest);
    const kept = objects.filter(isLasting);
    return {
      found: target ? found : `${found}; none was ever deployed`,
      does: `uninstalled${kept.length === 0 ? "" : `, without what holds data (${kept.length} objects)`}`,
      steps: [
        { kind: "uninstall", release: named(release), objects: objects.filter((key) => !isLasting(key)) },
        ...drop(release),
      ],
    };
  }
  const [before, after] = [objectsOf(target), objectsOf(newest)];
  const moved = missing(before, after).find(({ kind }) => kind === "StatefulSet");
  // A Kasm upgrade moves the database to a StatefulSet of another name: where the data is, a person has to say.
  if (moved)
    return byHand(release, `${found}; it replaces StatefulSet ${moved.metadata.name}, and may have moved its data`);
  const kept = missing(after, before).filter(isLasting);
  const rolledBack: Outcome = {
    found,
    does: `rolled back to revision ${target.number}, which is ${target.status}`,
    steps: [{ kind: "rollback", release: named(release), revision: target.number, kept }],
  };
  if (release.urn !== undefined) return rolledBack;
  const { does, steps, ...rest } = planUnknown(release, target, found);
  if (rest.commands) return { does, steps, ...rest };
  return { ...rest, does: `${rolledBack.does}, and ${does}`, steps: [...rolledBack.steps, ...steps] };
}

/** The state does not have the release. */
function planUnknown(release: FoundRelease, settled: Revision, broken: string): Outcome {
  const { wanted } = release;
  const found = `${broken}, and the state does not have it`;
  if (!wanted) return byHand(release, `${found}; the program asks for no such release`);
  const difference = disagreement(settled, wanted);
  if (difference !== undefined) return byHand(release, `${found}; ${difference}`);
  return { found, does: "taken into the state", steps: [put(wanted, settled)] };
}

function seen({ number, status }: Revision): string {
  return `revision ${number} is ${status}`;
}

function byHand({ namespace, name }: ReleaseName, found: string): Outcome {
  return {
    found,
    does: "left to you",
    steps: [],
    commands: [
      `helm history ${name} --namespace ${namespace}`,
      `helm rollback ${name} --namespace ${namespace}     # or:`,
      `helm uninstall ${name} --namespace ${namespace}`,
    ],
  };
}

function named({ namespace, name }: FoundRelease): ReleaseName {
  return { namespace, name };
}

function drop({ urn }: FoundRelease): Step[] {
  return urn === undefined ? [] : [{ kind: "drop", urn }];
}

function put({ resource }: WantedRelease, revision: Revision): Step {
  return { kind: "put", resource: installedRelease(resource, revision) };
}

/** Why a revision is not what the program asks for; undefined when it is. */
function disagreement({ chart, values }: Revision, { resource, chart: name }: WantedRelease): string | undefined {
  const { version, values: wanted = {} } = plain(resource.inputs) as { version?: string; values?: object };
  if (chart.name !== name) return `its chart is ${chart.name}, the program asks for ${name}`;
  if (chart.version !== version)
    return `its chart's version is ${chart.version}, the program asks for ${version ?? "the newest"}`;
  return isDeepStrictEqual(values, wanted) ? undefined : "its values are not those that the program asks for";
}
