import { claimVerdict } from "../../analyzers/storage/claims.ts";
import type { MountedVolume } from "../../analyzers/storage/permissions.ts";
import { mediumOfClaim } from "../../analyzers/storage/volumes.ts";
import type { PersistentVolumeClaim } from "../kinds.ts";
import { homeName } from "../resources/names.ts";
import { runtimeProfile } from "../resources/runtime-profiles.ts";
import type { SessionView } from "../view/session-view.ts";
import { publicWords } from "./termination-message.ts";
import type { EvaluationTime } from "./evaluation-time.ts";
import type { Finding } from "./reasons.ts";
import { finalizersOf, stuckPod } from "./termination.ts";
import { fromVerdict, saidIn } from "./verdict.ts";

/**
 * What keeps the home volume from a desktop; undefined when nothing does, or there is none.
 *
 * @param moment left out where a pod that does not end is told of elsewhere
 */
export function homeFinding(view: SessionView, evaluation?: EvaluationTime): Finding | undefined {
  const { session, home, homeHolder, homeRemains, pod } = view;
  if (!session.spec.persistence.enabled) return undefined;
  const name = home?.metadata.name ?? homeName(session.spec.user);
  const verdict = home && claimVerdict({ claim: home, text: `home volume ${name}`, events: saidIn(view.events) });
  if (verdict?.code === "ClaimLost") return fromVerdict(verdict);
  if (home && verdict?.code === "ClaimTerminating")
    return {
      reason: "ClaimTerminating",
      message: `The home volume ${name} is being deleted, ${untilWhen(view, home, evaluation)} A new, empty one is made then.`,
    };
  if (homeHolder && !pod)
    return {
      reason: "HomeInUse",
      message: `The home volume ${name} is in use by session ${homeHolder.metadata.name} of the same user, or goes to it first. Suspend or delete that session, and the next one in line goes on by itself; or create this one with persistence.enabled false.`,
    };
  const stuck = stuckPod(homeRemains, evaluation);
  if (stuck !== undefined && !pod)
    return {
      reason: "TerminatingStuck",
      message: `The home volume ${name} is in use by a pod of an earlier desktop. ${stuck} The desktop starts as soon as that pod has ended.`,
    };
  if (homeRemains && !pod)
    return {
      reason: "Replacing",
      message: `Pod ${homeRemains.metadata.name} still has the home volume ${name}, and the desktop starts as soon as that pod has ended. Delete the pod if it does not end by itself.`,
    };
  if (!home) return { reason: "HomeProvisioning", message: homeAwaited(name) };
  if (home.status?.phase === "Bound") return undefined;
  return verdict ? fromVerdict(verdict) : { reason: "HomeProvisioning", message: provisioning(view, name) };
}

export function homeAwaited(name: string): string {
  return `The home volume ${name} is not there yet.`;
}

/** What the end of a home waits for. */
function untilWhen(
  { homeRemains, pod }: SessionView,
  home: PersistentVolumeClaim,
  evaluation?: EvaluationTime,
): string {
  const user = homeRemains ?? pod;
  const stuck = stuckPod(user, evaluation);
  if (stuck !== undefined) return `which ends with the pod that uses it. ${stuck}`;
  const finalizers = finalizersOf(home);
  if (!user && finalizers.length > 0)
    return `which its finalizers ${finalizers.join(", ")} hold up: have whoever set them take them off.`;
  return user ? `which ends with pod ${user.metadata.name}, which uses it.` : "which ends when no desktop uses it.";
}

/** Two desktops on one home: told of the one that ends, also while it still can be used. */
export function rivalFinding({ session, home, pod, homeRival }: SessionView): Finding | undefined {
  if (!pod || !homeRival) return undefined;
  const name = home?.metadata.name ?? homeName(session.spec.user);
  return {
    reason: "HomeInUse",
    message: `The home volume ${name} is mounted by pod ${homeRival.metadata.name} as well, which may never be: pod ${pod.metadata.name} is ended in its own time, and the desktop starts again when the other one has ended.`,
  };
}

/** With WaitForFirstConsumer a home waits for the pod's node, which is as it should be. */
function provisioning({ events }: SessionView, name: string): string {
  if (events.some(({ reason }) => reason === "WaitForFirstConsumer" || reason === "WaitForPodScheduled"))
    return `The home volume ${name} is made as soon as the desktop has a node.`;
  return `The home volume ${name} is not made yet, and waits for the provisioner of its StorageClass.`;
}

/** Where containers have the home volume; undefined without one. */
export function homeMount(view: SessionView): MountedVolume | undefined {
  const { session, template, home, pod } = view;
  if (!session.spec.persistence.enabled) return undefined;
  return {
    text: `home volume ${home?.metadata.name ?? homeName(session.spec.user)}`,
    // Without its template a desktop's own words alone tell that they are about the home.
    mountPath: template ? runtimeProfile(template.spec).home : "/",
    node: pod?.spec?.nodeName,
    medium: home && mediumOfClaim(home),
    publicWords: (words) => publicWords(view, words),
  };
}
