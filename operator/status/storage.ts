import { claimVerdict } from "../../analyzers/claims.ts";
import type { MountedVolume } from "../../analyzers/permissions.ts";
import { mediumOfClaim } from "../../analyzers/volumes.ts";
import { homeName } from "../resources/names.ts";
import { runtimeProfile } from "../resources/runtime-profiles.ts";
import type { SessionView } from "../session/view.ts";
import { publicWords } from "./last-words.ts";
import type { Finding } from "./reasons.ts";
import { fromVerdict, saidIn } from "./verdict.ts";

/** What keeps the home volume from a desktop; undefined when nothing does, or there is none. */
export function homeFinding(view: SessionView): Finding | undefined {
  const { session, home, homeHolder, homeRemains, pod } = view;
  if (!session.spec.persistence.enabled) return undefined;
  const name = home?.metadata.name ?? homeName(session.spec.user);
  const verdict = home && claimVerdict({ claim: home, text: `home volume ${name}`, events: saidIn(view.events) });
  if (verdict && (verdict.code === "ClaimLost" || verdict.code === "ClaimTerminating")) return fromVerdict(verdict);
  if (homeHolder && !pod)
    return {
      reason: "HomeInUse",
      message: `The home volume ${name} is in use by session ${homeHolder.metadata.name} of the same user, or goes to it first. Suspend or delete that session, and the next one in line goes on by itself; or create this one with persistence.enabled false.`,
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
