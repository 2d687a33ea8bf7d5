import type { VDISession } from "../api/objects.ts";
import { lifetime } from "../lifetime/lifetime.ts";
import type { Lifetime } from "../lifetime/lifetime.ts";
import type { PlanContext } from "./plan-context.ts";
import { sessionFinalizer } from "../resources/labels.ts";
import { planEnd } from "./plan-end.ts";
import { planPod } from "./plan-pod.ts";
import { planRoute } from "./plan-route.ts";
import { sessionKey } from "../resources/keys.ts";
import type { SessionView } from "../view/session-view.ts";
import type { Batch, Write } from "./write.ts";

/** What is to be done about a session now. */
export interface SessionPlan {
  readonly batches: readonly Batch[];
  /** Look again after this time, also when nothing changes. */
  readonly recheckMs?: number;
  /** A look at who is connected decides then, milliseconds since 1970. */
  readonly decideAtMs?: number;
  /** What to warn its user of, once. */
  readonly warning?: Lifetime["warning"];
  /** Pods replaced because they failed, with those that this plan replaces. */
  readonly restarts: number;
}

/**
 * All decisions about one session. Whole state in, whole state out: the same view gives the same plan, and the plan of a
 * view in which all is as it should be has no writes.
 */
export function planSession(view: SessionView, context: PlanContext): SessionPlan {
  const { session } = view;
  const { now, settings } = context;
  if (session.metadata.deletionTimestamp !== undefined) return { restarts: restartsOf(session), ...planEnd(view, now) };

  const life = lifetime(session, view.activity, now);
  const ahead = { ...(life.recheckMs !== undefined && { recheckMs: life.recheckMs }), restarts: restartsOf(session) };
  if (life.action && view.timeDoubt === undefined)
    return { ...ahead, batches: [[lifetimeWrite(session, life.action)]] };

  const pod = planPod(view, context);
  const finalizer = finalizerWrite(session);
  const { fence, way } = planRoute(view, settings);
  // The finalizer comes first: what it guards must not be there without it. Nobody waits for the way before the pod.
  const batches = [finalizer ? [finalizer] : [], [...fence, ...pod.before], [...pod.writes, ...way]];
  return {
    batches: batches.filter((batch) => batch.length > 0),
    ...soonest(life.recheckMs, pod.recheckMs, life.action && doubtMs),
    ...(life.warning && { warning: life.warning }),
    ...(life.decideAtMs !== undefined && { decideAtMs: life.decideAtMs }),
    restarts: pod.restarts,
  };
}

// No watch tells that clocks agree again.
const doubtMs = 30_000;

function soonest(...times: (number | undefined)[]): { recheckMs?: number } {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? {} : { recheckMs: Math.min(...known) };
}

function restartsOf(session: VDISession): number {
  return session.status?.restarts ?? 0;
}

/** With the version that was judged: a user who came back, or was given more time, meanwhile must not lose the desktop. */
function lifetimeWrite(session: VDISession, action: "Suspend" | "Delete"): Write {
  const { uid, resourceVersion = "" } = session.metadata;
  const key = sessionKey(session);
  if (action === "Delete") return { do: "delete", key, ...(uid !== undefined && { uid }), resourceVersion };
  const metadata = { ...key.metadata, resourceVersion };
  return { do: "merge", object: { ...key, metadata, spec: { desiredState: "Suspended" } } };
}

/** Only homes that go with their session need one: garbage collection does all else. */
function finalizerWrite(session: VDISession): Write | undefined {
  const { finalizers = [], resourceVersion = "" } = session.metadata;
  const { enabled, reclaim } = session.spec.persistence;
  const wanted = enabled && reclaim === "Delete";
  if (wanted === finalizers.includes(sessionFinalizer)) return undefined;
  const others = finalizers.filter((it) => it !== sessionFinalizer);
  const key = sessionKey(session);
  const metadata = { ...key.metadata, resourceVersion, finalizers: wanted ? [...others, sessionFinalizer] : others };
  return { do: "merge", object: { ...key, metadata } };
}
