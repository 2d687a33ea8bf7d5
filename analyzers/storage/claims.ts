import type { PersistentVolumeClaim, StorageClass } from "../../kube/kinds.ts";
import { listed, quoted } from "../../kube/sentences.ts";
import { untrusted } from "../../kube/untrusted-text.ts";
import type { VolumeCode } from "./permissions.ts";
import type { Said, Verdict } from "../verdict.ts";

const page = "docs/components/storage.md";

/** What is known about a claim. */
export interface ClaimFacts {
  readonly claim: PersistentVolumeClaim;
  /** `home volume home-alice`, `claim kasm/kasm-db` */
  readonly text: string;
  /** Of the claim, oldest first. */
  readonly events: readonly Said[];
  /** All classes; undefined where they are not known. */
  readonly classes?: readonly StorageClass[];
  /** Pods that use it. */
  readonly users?: readonly string[];
  /** What the provisioner of its class is like, where that is known. */
  readonly provisioner?: ProvisionerState;
  /** Whether a pod that uses it has a node, so that the volume is awaited now. */
  readonly isAwaited?: boolean;
}

export interface ProvisionerState {
  readonly name: string;
  /** What runs it: `Deployment kube-system/local-path-provisioner`; undefined: nothing does. */
  readonly runBy: string | undefined;
  readonly isReady: boolean;
  /** Shows what keeps it from being ready, or mends it. */
  readonly mend?: Pick<Verdict, "remedy" | "command" | "risk">;
}

/** Why a claim has no volume, or is about to lose it; undefined where it is bound, or waits for a pod as it should. */
export function claimVerdict(facts: ClaimFacts): Verdict<VolumeCode> | undefined {
  const { claim, text, users = [] } = facts;
  const { status, spec, metadata } = claim;
  if (status?.phase === "Lost")
    return {
      code: "ClaimLost",
      problem: `The ${text} has lost its PersistentVolume ${spec?.volumeName ?? ""}: its files are gone, unless that is brought back.`,
      remedy: "Bring the PersistentVolume back, or delete the claim to begin with an empty one.",
      risk: "data-loss",
    };
  if (metadata.deletionTimestamp !== undefined)
    return {
      code: "ClaimTerminating",
      problem: `The ${text} is being deleted, which ends when no pod uses it${users.length === 0 ? "" : `: ${listed(users)} does`}.`,
      remedy: "End the pod that uses it; a new, empty volume is made then. Copy what is needed before that.",
      risk: "data-loss",
    };
  if (status?.phase === "Bound") return undefined;
  return classVerdict(facts) ?? failure(facts) ?? provisionerVerdict(facts);
}

function classVerdict({ claim, text, classes, events }: ClaimFacts): Verdict<VolumeCode> | undefined {
  const wanted = claim.spec?.storageClassName;
  const [, missing] =
    events
      .map(({ message }) => /storageclass\.storage\.k8s\.io "([^"]*)" not found/.exec(untrusted(message)))
      .findLast(Boolean) ?? [];
  if (wanted !== undefined && wanted !== "" && classes && !classes.some(({ metadata }) => metadata.name === wanted))
    return classMissing(text, wanted, classes);
  if (missing !== undefined && !classes) return classMissing(text, missing, classes);
  const hasNone = events.some(
    ({ reason, message }) => reason === "FailedBinding" && /no storage class is set/.test(message),
  );
  if ((wanted === undefined && classes && !classes.some(isDefaultClass)) || (hasNone && !wanted))
    return {
      code: "NoDefaultStorageClass",
      problem: `The ${text} names no StorageClass, and the cluster has no default one.`,
      remedy: `Mark one as default, or name one (persistence.storageClassName, storage.className); see ${page}.`,
      command: `kubectl patch storageclass ${classes?.[0]?.metadata.name ?? "CLASS"} --patch '{"metadata":{"annotations":{"storageclass.kubernetes.io/is-default-class":"true"}}}'`,
      risk: "safe",
    };
  return undefined;
}

function classMissing(text: string, wanted: string, classes: readonly StorageClass[] | undefined): Verdict<VolumeCode> {
  const known = classes ? ` (there ${classes.length === 1 ? "is" : "are"} ${listed(classes.map(nameOf))})` : "";
  return {
    code: "StorageClassMissing",
    problem: `The ${text} asks for StorageClass ${wanted}, which does not exist${known}.`,
    remedy:
      "Create it, or delete the claim and set persistence.storageClassName to one that `kubectl get storageclass` lists.",
  };
}

export function isDefaultClass({ metadata }: StorageClass): boolean {
  return metadata.annotations?.["storageclass.kubernetes.io/is-default-class"] === "true";
}

// local-path-provisioner: provisioner.go.
function failure({ events, text }: ClaimFacts): Verdict<VolumeCode> | undefined {
  const failed = events.findLast(({ reason }) => reason === "ProvisioningFailed");
  if (!failed || events.some(({ reason, time }) => reason === "ProvisioningSucceeded" && time >= failed.time))
    return undefined;
  const said = quoted(failed.message);
  if (/create process timeout/.test(failed.message))
    return {
      code: "ProvisioningTimedOut",
      problem: `The ${text} cannot be made: the helper pod that makes its directory did not end (${said}).`,
      remedy: `Watch for pods helper-pod-create-... in the provisioner's namespace: their image, a taint of the node or Pod Security keeps them. See ${page}.`,
      command: "kubectl get pods --namespace kube-system --watch",
      risk: "safe",
    };
  if (/only supports? ReadWriteOnce|access modes?/i.test(failed.message))
    return {
      code: "AccessModeRefused",
      problem: `The ${text} asks for an access mode that its provisioner does not have: ${said}.`,
      remedy: "Make the claim anew with ReadWriteOnce, or with a class of shared storage.",
    };
  return {
    code: "ProvisioningFailed",
    problem: `The ${text} cannot be made: ${said}.`,
    remedy: `Look at the provisioner of its StorageClass, see ${page}.`,
  };
}

function provisionerVerdict({
  provisioner,
  text,
  claim,
  isAwaited = false,
}: ClaimFacts): Verdict<VolumeCode> | undefined {
  const className = claim.spec?.storageClassName ?? "its class";
  if (provisioner && provisioner.runBy === undefined)
    return {
      code: "ProvisionerMissing",
      problem: `Nothing serves ${provisioner.name}, the provisioner of StorageClass ${className}, so the ${text} cannot be made.`,
      remedy:
        provisioner.name === "rancher.io/local-path"
          ? "Start the K3s servers without --disable=local-storage and without local-storage.yaml.skip, or run a provisioner of your own (storage.mode own)."
          : "Install that provisioner, or name another class.",
    };
  if (provisioner && !provisioner.isReady)
    return {
      code: "ProvisionerNotReady",
      problem: `${provisioner.runBy ?? ""}, the provisioner of StorageClass ${className}, has no ready pod, so the ${text} is not made.`,
      remedy: "See why its pods do not run.",
      ...provisioner.mend,
    };
  if (!isAwaited) return undefined;
  return {
    code: "ClaimPending",
    problem: `The ${text} has no volume, although a pod waits for it, and no event says why.`,
    remedy: `Look at the log of the provisioner of StorageClass ${className}.`,
  };
}

function nameOf({ metadata }: StorageClass): string {
  return metadata.name;
}
