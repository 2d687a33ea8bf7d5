import { claimNames } from "../../analyzers/storage/volumes.ts";
import type { VDISession } from "../api/objects.ts";
import type { Pod } from "../kinds.ts";
import { credentialsSecret, rtcConfigKey, secretNameOf } from "../resources/credentials.ts";
import { homeClaim } from "../resources/home.ts";
import { annotations, sessionAnnotations, sessionLabels } from "../resources/labels.ts";
import { controllerReference, sessionMetadata } from "../resources/metadata.ts";
import { desktopName, homeName, podName } from "../resources/names.ts";
import { desktopPod, desktopResources } from "../resources/pod.ts";
import { runtimeProfile } from "../resources/runtime-profiles.ts";
import { preferredHosts } from "./first-home.ts";
import { keyBeside } from "../resources/keys.ts";
import type { PlanContext } from "./plan-context.ts";
import { isForceable, isOver, replaceDelayMs } from "./pod-end.ts";
import { rotateTurn, turnFor } from "./plan-turn.ts";
import type { SessionView } from "../view/session-view.ts";
import type { Batch, Write } from "./write.ts";

export interface PodPlan {
  /** What a pod needs to be there: its Secret, its home. */
  readonly before: Batch;
  readonly writes: Batch;
  readonly recheckMs?: number;
  readonly restarts: number;
}

/** The desktop itself: none while suspended, one while running, another one when it failed or its credentials were revoked. */
export function planPod(view: SessionView, context: PlanContext): PodPlan {
  const { session, pod } = view;
  const { now } = context;
  const restarts = session.status?.restarts ?? 0;
  const nothing = { before: [], writes: [], restarts };
  if (!pod) return session.spec.desiredState === "Suspended" ? { ...nothing, restarts: 0 } : planStart(view, context);
  const revoked = isRevoked(session, pod);
  const hasRival = view.homeRival !== undefined;
  const { deletionTimestamp } = pod.metadata;
  // A pod that goes in its own time streams until then.
  const isHurried = revoked && Date.parse(deletionTimestamp ?? "") > now.getTime() + revokedRestMs;
  if (deletionTimestamp !== undefined && !isHurried) {
    const force = isForceable(view, now);
    return { ...nothing, writes: force.due ? [removePod(view, pod, 0)] : [], ...recheck(force.recheckMs) };
  }
  // In its own time: what it has not written yet is the user's.
  if (revoked || hasRival || session.spec.desiredState === "Suspended") {
    // The Secret first: were it still there when the pod is gone, the next start would take the old password.
    const writes = [removePod(view, pod, revoked ? revokedGraceSeconds : undefined)];
    return { before: [removeSecret(view, pod)], writes, restarts: 0 };
  }
  if (isOver(pod)) {
    const waitMs = replaceDelayMs(pod, restarts, now);
    if (waitMs > 0) return { ...nothing, recheckMs: waitMs };
    return { ...nothing, writes: [removePod(view, pod)], restarts: restarts + 1 };
  }
  const turn = rotateTurn(
    { owner: session, template: view.template, secretName: secretNameOf(session, pod) },
    pod,
    context,
  );
  const writes = [...repairMetadata(view, pod), ...turn.writes];
  return { before: [...lostHome(view, pod), ...turn.before], writes, ...recheck(turn.recheckMs), restarts };
}

/** A home that went with an earlier session, just when this one's pod was made: nobody else makes it, and the pod waits for it. */
function lostHome({ session, template, templateProblem, home }: SessionView, pod: Pod): Batch {
  const isAwaited = claimNames(pod).includes(homeName(session.spec.user)) && pod.spec?.nodeName === undefined;
  // What the session asks for can have changed since its pod was made.
  const mayHave = session.spec.persistence.enabled && template !== undefined && !templateProblem;
  return isAwaited && !home && mayHave ? [{ do: "create", object: homeClaim(session) }] : [];
}

function planStart(view: SessionView, context: PlanContext): PodPlan {
  const { session, template, templateProblem, home } = view;
  const { settings } = context;
  const restarts = session.status?.restarts ?? 0;
  const { enabled } = session.spec.persistence;
  if (!template || templateProblem) return { before: [], writes: [], restarts };
  // Whoever is next is woken.
  if (view.oneTooMany || (enabled && (view.homeHolder || view.homeRemains)))
    return { before: [], writes: [], restarts };
  // A pod of the same second would be revoked at once, again and again.
  const waitMs = Date.parse(session.spec.access?.revokedBefore ?? "") + revokedRestMs - context.now.getTime();
  if (waitMs > 0) return { before: [], writes: [], restarts, recheckMs: waitMs };
  // A home that is being deleted cannot be mounted; its end comes through the watch.
  if (enabled && home?.metadata.deletionTimestamp !== undefined) return { before: [], writes: [], restarts };
  const secretName = desktopName(session);
  const turn = turnFor(secretName, template, context);
  const metadata = sessionMetadata(session);
  const { revokedBefore } = session.spec.access ?? {};
  const madeUnder: Record<string, string> =
    revokedBefore === undefined ? {} : { [annotations.revokedBefore]: revokedBefore };
  const secret = credentialsSecret(
    {
      ...{ name: secretName, namespace: settings.namespace, labels: metadata.labels ?? {}, annotations: madeUnder },
      owner: metadata.ownerReferences?.[0],
    },
    {
      user: runtimeProfile(template.spec).streamUser,
      password: context.newPassword(),
      ...(turn && { rtcConfig: turn.rtcConfig }),
    },
  );
  const pod = desktopPod({
    ...{ name: podName(session), secretName },
    namespace: settings.namespace,
    owner: controllerReference("VDISession", session),
    labels: sessionLabels(session),
    annotations: sessionAnnotations(session),
    template,
    resources: desktopResources(template, session.spec.resources),
    homeClaim: enabled ? homeName(session.spec.user) : undefined,
    settings,
    turnExpires: turn?.expires,
    preferredHosts: preferredHosts(view),
  });
  return {
    before: [
      {
        ...{ do: "create", object: secret, foreign: "replace" },
        // One that an earlier pod left: people go on with its password unless it was revoked meanwhile, TURN does not.
        ...(turn && { refresh: { stringData: { [rtcConfigKey]: turn.rtcConfig } } }),
        ...(revokedBefore !== undefined && { renewWith: annotations.revokedBefore }),
      },
      ...(enabled && !home ? [{ do: "create" as const, object: homeClaim(session) }] : []),
    ],
    // Somebody else's container must not get the session's address, nor people's input.
    writes: [{ do: "create", object: pod, foreign: "refuse" }],
    restarts,
  };
}

/** Open streams, links and passwords from before end with the pod that they belong to. */
export function isRevoked({ spec }: VDISession, pod: Pod): boolean {
  const { revokedBefore } = spec.access ?? {};
  // As the gateway judges links and cookies: of the same second is too old.
  return revokedBefore !== undefined && Date.parse(pod.metadata.creationTimestamp ?? "") <= Date.parse(revokedBefore);
}

// Creation times have whole seconds, rounded down, and the API server's clock is known to within two.
const revokedRestMs = 3_000;

// Streams that are open end with the pod: whoever was shut out must not go on for the usual half minute.
const revokedGraceSeconds = 1;

function removePod({ session }: SessionView, { metadata }: Pod, graceSeconds?: number): Write {
  const key = keyBeside(session, "v1", "Pod", metadata.name);
  const { uid } = metadata;
  return { do: "delete", key, ...(uid !== undefined && { uid }), ...(graceSeconds !== undefined && { graceSeconds }) };
}

/** The next start makes a new password. */
function removeSecret({ session }: SessionView, pod: Pod): Write {
  return { do: "delete", key: keyBeside(session, "v1", "Secret", secretNameOf(session, pod)) };
}

/** Labels decide whose stream a pod gets and who may reach it: others' changes to ours are taken back. */
function repairMetadata({ session }: SessionView, { metadata }: Pod): Write[] {
  const wrong = Object.entries(sessionLabels(session)).filter(([key, value]) => metadata.labels?.[key] !== value);
  if (wrong.length === 0) return [];
  const key = keyBeside(session, "v1", "Pod", metadata.name);
  return [{ do: "merge", object: { ...key, metadata: { ...key.metadata, labels: Object.fromEntries(wrong) } } }];
}

function recheck(recheckMs: number | undefined): { recheckMs?: number } {
  return recheckMs === undefined ? {} : { recheckMs };
}
