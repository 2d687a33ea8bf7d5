import { homeName } from "../resources/names.ts";
import { runtimeProfile } from "../resources/runtime-profiles.ts";
import type { SessionView } from "../view/session-view.ts";
import { publicWords } from "./last-words.ts";
import type { Finding } from "./reasons.ts";
import { quoted } from "../../kube/sentences.ts";

const page = "docs/components/storage.md";

/** What keeps the home volume from a desktop; undefined when nothing does, or there is none. */
export function homeFinding(view: SessionView): Finding | undefined {
  const { session, home, homeHolder, homeRemains, pod } = view;
  if (!session.spec.persistence.enabled) return undefined;
  const name = home?.metadata.name ?? homeName(session.spec.user);
  if (home?.status?.phase === "Lost")
    return {
      reason: "HomeLost",
      message: `The home volume ${name} has lost its PersistentVolume ${home.spec?.volumeName ?? ""}: its files are gone, unless that is brought back. Delete the claim to begin with an empty home.`,
    };
  if (home?.metadata.deletionTimestamp !== undefined)
    return {
      reason: "HomeLost",
      message: `The home volume ${name} is being deleted, which ends when no desktop uses it. A new, empty one is made then.`,
    };
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
  const problem = provisioningProblem(view, name);
  return problem === undefined
    ? { reason: "HomeProvisioning", message: provisioning(view, name) }
    : { reason: "HomePending", message: problem };
}

export function homeAwaited(name: string): string {
  return `The home volume ${name} is not there yet.`;
}

function provisioningProblem({ events }: SessionView, name: string): string | undefined {
  const failed = events.findLast(({ reason }) => reason === "ProvisioningFailed");
  if (failed) {
    const [, missing] = /storageclass\.storage\.k8s\.io "([^"]*)" not found/.exec(failed.message) ?? [];
    return missing === undefined
      ? `The home volume ${name} cannot be made: ${quoted(failed.message)}. Look at the provisioner of its StorageClass, see ${page}.`
      : `The home volume ${name} asks for StorageClass ${missing}, which does not exist. Create it, or delete the claim and set persistence.storageClassName to one that \`kubectl get storageclass\` lists.`;
  }
  if (events.some(({ reason, message }) => reason === "FailedBinding" && /no storage class is set/.test(message)))
    return `The home volume ${name} names no StorageClass, and the cluster has no default one. Mark one as default, or set persistence.storageClassName; see ${page}.`;
  return undefined;
}

/** With WaitForFirstConsumer a home waits for the pod's node, which is as it should be. */
function provisioning({ events }: SessionView, name: string): string {
  if (events.some(({ reason }) => reason === "WaitForFirstConsumer" || reason === "WaitForPodScheduled"))
    return `The home volume ${name} is made as soon as the desktop has a node.`;
  return `The home volume ${name} is being made by its provisioner.`;
}

/** Why volumes are not mounted on the node, by the kubelet's events. Only of a pod whose containers do not run yet. */
export function mountFinding(view: SessionView): Finding | undefined {
  const failures = view.events.filter(
    ({ reason, lastTime }) => mountReasons.has(reason) && lastTime >= (view.pod?.metadata.creationTimestamp ?? ""),
  );
  // "Unable to attach or mount volumes: ... timed out" only sums up what another event says exactly.
  const exact = failures.findLast(({ message }) => !message.startsWith("Unable to attach or mount")) ?? failures.at(-1);
  if (!exact) return undefined;
  const said = quoted(exact.message);
  if (/permission denied/i.test(said)) return notPermitted(said);
  const remedy = /Multi-Attach/.test(said)
    ? "Another node still has the volume: end the desktop there, or delete its VolumeAttachment when that node is gone for good"
    : /not found/.test(said)
      ? "Restore what is named there"
      : `Look at the storage of ${view.pod?.spec?.nodeName ?? "the node"}, see ${page}`;
  return { reason: "VolumeNotMounted", message: `A volume of the desktop cannot be mounted: ${said}. ${remedy}.` };
}

const mountReasons = new Set(["FailedMount", "FailedAttachVolume", "FailedMapVolume"]);

/**
 * What a container's last words say about the home volume; undefined when they are about something else. The init
 * container that looks at the home says it in the words of resources/pod.ts.
 */
export function homeRefusal(view: SessionView, words: string): Finding | undefined {
  const { session, template, home } = view;
  if (!session.spec.persistence.enabled) return undefined;
  const path = template && runtimeProfile(template.spec).home;
  const namesHome = words.includes("cannot write the home volume") || (path !== undefined && words.includes(path));
  if (namesHome && /no space left on device|disk quota exceeded/i.test(words))
    return {
      reason: "HomeFull",
      message: `The home volume ${home?.metadata.name ?? homeName(session.spec.user)} is full${quotation(publicWords(view, quoted(words)))}. Enlarge its claim where the StorageClass allows it, or have files removed from it.`,
    };
  const isDenied = /permission denied|cannot write the home volume/i.test(words) && !/\/(dev|proc|sys)\//.test(words);
  return isDenied ? notPermitted(publicWords(view, quoted(words))) : undefined;
}

function quotation(said: string | undefined): string {
  return said === undefined ? "" : `: "${said}"`;
}

function notPermitted(said: string | undefined): Finding {
  return {
    reason: "VolumeNotPermitted",
    message: `The desktop may not write to its home volume${quotation(said)}. The directory belongs to another user, as volumes of old K3s do (mode 0700); check the StorageClass with storage.mode \`check\`, or use \`own\`, whose volumes any user can write to; see ${page}.`,
  };
}
