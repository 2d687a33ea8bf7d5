import { graceSeconds } from "../readiness.ts";
import type { PersistentVolumeClaim, Pod, StorageClass } from "../../kube/kinds.ts";
import { counted, quoted } from "../../kube/sentences.ts";
import type { Analyzer } from "../analyzer.ts";
import { claimVerdict } from "./claims.ts";
import type { Cluster } from "../cluster.ts";
import { refOf } from "../finding.ts";
import type { Dependency, Evidence, Finding } from "../finding.ts";
import { podRef } from "../containers/pod-facts.ts";
import { isVolumeTimeout } from "../scheduling/scheduler-verdict.ts";
import { helperPods } from "./helper-pods.ts";
import { provisionerOf } from "./provisioners.ts";
import type { Provisioner } from "./provisioners.ts";
import { fixOf } from "../verdict.ts";
import { claimNames, classOf, nodesOf, selectedNode, volumeOf } from "./volumes.ts";

/** Claims and the volumes that they are bound to. */
export const claimVolumes: Analyzer = {
  area: "storage",
  title: "Claims have their volumes",
  needs: ["PersistentVolumeClaim"],
  analyze(cluster) {
    const { claims } = cluster;
    const users = podsByClaim(cluster.pods);
    return {
      checked: claims.length > 0 ? counted(claims.length, "claim") : undefined,
      findings: claims.flatMap((it) => claimFinding(cluster, it, users.get(keyOf(it)) ?? []) ?? []),
    };
  },
};

function podsByClaim(pods: readonly Pod[]): ReadonlyMap<string, readonly Pod[]> {
  const found = new Map<string, Pod[]>();
  for (const pod of pods)
    for (const name of claimNames(pod)) {
      const key = `${pod.metadata.namespace ?? ""}/${name}`;
      found.set(key, [...(found.get(key) ?? []), pod]);
    }
  return found;
}

function keyOf({ metadata }: PersistentVolumeClaim): string {
  return `${metadata.namespace ?? ""}/${metadata.name}`;
}

function claimFinding(cluster: Cluster, claim: PersistentVolumeClaim, users: readonly Pod[]): Finding | undefined {
  const lost = nodeMissing(cluster, claim);
  if (lost) return lost;
  const object = refOf({ ...claim, kind: "PersistentVolumeClaim" });
  const classes = cluster.isSeen("StorageClass") ? (cluster.all("StorageClass") as readonly StorageClass[]) : undefined;
  const provisioner = provisionerOf(cluster, classOf(cluster, claim));
  const events = cluster.eventsOf({ ...claim, kind: "PersistentVolumeClaim" });
  const isWanted = isAwaited(cluster, claim, users);
  const verdict = claimVerdict({
    claim,
    text: `claim ${keyOf(claim)}`,
    events,
    ...(classes && { classes }),
    ...(provisioner && isWanted && { provisioner }),
    users: users.map(({ metadata }) => `Pod ${metadata.name}`),
    isAwaited: isWanted,
  });
  const since = claim.metadata.deletionTimestamp ?? claim.metadata.creationTimestamp;
  if (!verdict || (mayPass(verdict, provisioner) && !cluster.isOlderThan(since, graceSeconds))) return undefined;
  const last = events.at(-1);
  return {
    code: verdict.code,
    object,
    problem: verdict.problem,
    evidence: [
      { object, field: "status.phase", value: claim.status?.phase ?? "" },
      ...(last ? [{ object, field: `event ${last.reason}`, value: quoted(last.message) }] : []),
    ],
    fix: fixOf(verdict),
    dependsOn: [...helperPods(cluster, claim), ...servedBy(provisioner, claim), ...usersOf(claim, users)],
  };
}

// Every claim is without a volume at first, and one that is deleted goes within a moment.
const passing = new Set<string>(["ClaimPending", "ClaimTerminating", "ProvisionerNotReady"]);

function mayPass({ code }: { code: string }, provisioner: Provisioner | undefined): boolean {
  return passing.has(code) && !(code === "ProvisionerNotReady" && provisioner?.isScaledToZero === true);
}

/**
 * Whether the volume ought to be made now: with WaitForFirstConsumer only when a pod that uses it could be placed, which a
 * scheduler that has another reason to refuse does not say.
 */
function isAwaited(cluster: Cluster, claim: PersistentVolumeClaim, users: readonly Pod[]): boolean {
  const storageClass = classOf(cluster, claim);
  if (storageClass && storageClass.volumeBindingMode !== "WaitForFirstConsumer") return true;
  const events = cluster.eventsOf({ ...claim, kind: "PersistentVolumeClaim" });
  const asked = events.some(({ reason }) => reason === "ExternalProvisioning" || reason === "Provisioning");
  return (
    asked || claim.metadata.annotations?.[selectedNode] !== undefined || users.some((it) => hasNode(it) || hadNode(it))
  );
}

function hasNode({ spec }: Pod): boolean {
  return spec?.nodeName !== undefined;
}

/** It was given one, until the scheduler had waited too long for the volume there. */
function hadNode({ status }: Pod): boolean {
  const said = status?.conditions?.find(({ type, status: is }) => type === "PodScheduled" && is === "False");
  return isVolumeTimeout(said?.message ?? "");
}

function servedBy(provisioner: Provisioner | undefined, claim: PersistentVolumeClaim): Dependency[] {
  if (!provisioner?.workload || claim.status?.phase !== "Pending") return [];
  return [{ object: provisioner.workload, because: `${provisioner.runBy ?? ""} makes volumes of its class` }];
}

function usersOf(claim: PersistentVolumeClaim, users: readonly Pod[]): Dependency[] {
  if (claim.metadata.deletionTimestamp === undefined) return [];
  return users.map((pod) => ({ object: podRef(pod), because: `Pod ${pod.metadata.name} still uses it` }));
}

/** A local volume whose node is not in the cluster any more. */
function nodeMissing(cluster: Cluster, claim: PersistentVolumeClaim): Finding | undefined {
  const volume = volumeOf(cluster, claim);
  const places = nodesOf(volume);
  if (!volume || places.length === 0 || cluster.nodes.length === 0) return undefined;
  if (cluster.nodes.some(({ metadata }) => places.includes(metadata.name))) return undefined;
  const object = refOf({ ...claim, kind: "PersistentVolumeClaim" });
  const evidence: Evidence = {
    object: refOf({ ...volume, kind: "PersistentVolume" }),
    field: "spec.nodeAffinity",
    value: places.join(", "),
  };
  return {
    code: "VolumeNodeMissing",
    object,
    problem: `The volume of claim ${keyOf(claim)} lies on node ${places.join(", ")}, which is not in the cluster any more.`,
    evidence: [evidence],
    fix: [
      { text: `Bring the machine back under the name ${places.join(", ")}: its files are there.`, risk: "manual" },
      {
        text: "Where it is gone for good, so are its files: delete the claim, and an empty one is made.",
        command: `kubectl delete pvc ${claim.metadata.name} --namespace ${claim.metadata.namespace ?? ""}`,
        risk: "data-loss",
      },
    ],
  };
}
