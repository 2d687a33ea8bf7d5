import type { Pod } from "../kinds.ts";
import { fingerprint } from "../resources/fingerprint.ts";
import { keyBeside } from "../resources/keys.ts";
import { rotateTurn } from "../session/plan-turn.ts";
import type { Batch, Write } from "../session/write.ts";
import { backOff } from "./back-off.ts";
import { isReady } from "../../analyzers/readiness.ts";
import { poolPods, warmPodHash } from "./pool-pods.ts";
import type { PoolPods } from "./pool-pods.ts";
import { burstEndMs } from "./burst.ts";
import { desiredSize } from "./size.ts";
import type { PoolView } from "./view.ts";
import { poolNetworkPolicy, warmPod, warmSecret } from "./warm-pod.ts";
import type { PoolContext } from "./warm-pod.ts";

/** What is to be done about a pool now. */
export interface PoolPlan {
  readonly batches: readonly Batch[];
  /** Look again after this time, also when nothing changes. */
  readonly recheckMs?: number;
}

/** Desktops made at a time: more would keep sessions waiting at the API server. */
export const burst = 10;

/**
 * All decisions about one pool. The plan of a view in which all is as it should be has no writes. What a plan leaves to the
 * next (Secrets of the pods that it makes, more than a burst) the next finds by itself.
 */
export function planPool(view: PoolView, context: PoolContext): PoolPlan {
  const { pool, template } = view;
  const { settings, now } = context;
  const atMs = now.getTime();
  const size = desiredSize(pool, now, view.recentStarts);
  const usable = view.templateFault === undefined ? template : undefined;
  const pods = poolPods(view.pods, usable && warmPodHash(usable, settings));
  const failures = backOff(pods.failed, now);
  const inTheWay = podsInTheWay(pods, view, atMs);
  const leaving = new Set([...outdatedPods(pods, size.desired, inTheWay.count), ...surplus(pods, size.desired)]);
  const burstMs = burstEndMs(view.takenMs, atMs);
  const mayCreate = usable && !view.holdsBack && failures.untilMs <= atMs && burstMs === undefined;
  // Of what was refused, one is enough to see whether it passes now.
  const atOnce = view.refusals.length > 0 ? 1 : burst;
  const missing = mayCreate ? missingPods(pods, size.desired, leaving, atOnce) : 0;
  const staying = [...pods.ready, ...pods.starting].filter((pod) => !leaving.has(pod));
  const turns = staying.map((pod) =>
    rotateTurn({ owner: pool, template: usable, secretName: pod.metadata.name }, pod, context),
  );
  const batches: Batch[] = [
    [...policyWrites(view, context), ...secretWrites(view, staying, context), ...turns.flatMap((it) => it.before)],
    [...[...leaving, ...failures.forget].map((pod) => removePod(view, pod)), ...turns.flatMap((it) => it.writes)],
    usable ? repeat(missing, () => ({ do: "create", object: warmPod(pool, usable, context) })) : [],
  ];
  const times = [
    size.recheckMs,
    inTheWay.recheckMs,
    ...turns.map((it) => it.recheckMs),
    failures.untilMs > atMs ? failures.untilMs - atMs : undefined,
    failures.nextMs === undefined ? undefined : failures.nextMs - atMs,
    burstMs === undefined ? undefined : burstMs - atMs,
  ].filter((it) => it !== undefined);
  return {
    batches: batches.filter((batch) => batch.length > 0),
    ...(times.length > 0 && { recheckMs: Math.min(...times) }),
  };
}

/**
 * Pods of an earlier template that have to go: those that never got ready at once, the others as new ones are ready for
 * them. Where there is no room for one more, room is made: nobody can take them any more.
 */
function outdatedPods({ ready, outdated }: PoolPods, desired: number, inTheWay: number): Pod[] {
  const useless = outdated.filter((pod) => !isReady(pod));
  const replaced = outdated.filter(isReady);
  const needed = Math.max(0, desired - ready.length);
  return [...useless, ...replaced.slice(0, Math.max(0, replaced.length - needed, inTheWay))];
}

// As long as a pod may take to end; one on a node that is lost takes for ever.
const endMs = 60_000;

/** How many have to go so that new ones find room. What ends already makes room, too. */
function podsInTheWay(pods: PoolPods, view: PoolView, atMs: number): { count: number; recheckMs?: number } {
  const refused = view.refusals.some(({ kind, why }) => kind === "Pod" && why === "Quota") && !view.holdsBack ? 1 : 0;
  const ends = pods.ending.map(({ metadata }) => Date.parse(metadata.deletionTimestamp ?? "") + endMs - atMs);
  const ending = ends.filter((restMs) => restMs > 0);
  const count = Math.max(pods.unplaced.length, refused) - ending.length;
  const isWaiting = pods.unplaced.length > 0 && pods.outdated.length > 0 && ending.length > 0;
  return { count, ...(isWaiting && { recheckMs: Math.min(...ending) }) };
}

/** Those that nobody has waited for yet first, of them the newest. */
function surplus({ ready, starting }: PoolPods, desired: number): Pod[] {
  const many = Math.max(0, ready.length + starting.length - desired);
  return [...starting.toReversed(), ...ready.toReversed()].slice(0, many);
}

/** While pods of an earlier template wait to be replaced, one more than wanted at a time. */
function missingPods(pods: PoolPods, desired: number, leaving: ReadonlySet<Pod>, atOnce: number): number {
  // More would only stand before people's own sessions at the scheduler.
  if (pods.unplaced.length > 0) return 0;
  const current = pods.ready.length + pods.starting.length;
  const old = pods.outdated.filter((pod) => !leaving.has(pod)).length;
  const room = old > 0 ? desired + 1 - old - current : desired - current;
  return Math.max(0, Math.min(atOnce, desired - current, room));
}

function policyWrites(view: PoolView, { settings }: PoolContext): Write[] {
  const { pool, template, templateFault, networkPolicy } = view;
  if (!template || templateFault !== undefined || networkPolicy?.metadata.deletionTimestamp !== undefined) return [];
  const wanted = poolNetworkPolicy(pool, template, settings);
  const [said, found] = [fingerprint(wanted), networkPolicy?.fingerprint];
  const isRight = found !== undefined && (found === said || view.isAdmitted(said, found));
  return isRight ? [] : [{ do: "apply", object: wanted }];
}

function secretWrites(
  { pool, template, withoutSecret }: PoolView,
  pods: readonly Pod[],
  context: PoolContext,
): Write[] {
  if (!template) return [];
  return pods
    .filter(({ metadata }) => withoutSecret.has(metadata.uid ?? ""))
    .map((pod) => ({ do: "create", object: warmSecret(pool, template, pod, context) }));
}

/** As it was judged: a session that took it meanwhile keeps it. */
function removePod({ pool }: PoolView, { metadata }: Pod): Write {
  const { name, uid, resourceVersion } = metadata;
  return {
    do: "delete",
    key: keyBeside(pool, "v1", "Pod", name),
    ...(uid !== undefined && { uid }),
    ...(resourceVersion !== undefined && { resourceVersion }),
  };
}

function repeat<T>(times: number, make: () => T): T[] {
  return Array.from({ length: times }, make);
}
