import type { AnyObject } from "../../../kube/client.ts";
import { nodeBasePath } from "./node-path.ts";

export interface ProvisionRequest {
  claim: AnyObject;
  storageClass: AnyObject;
  /** `data` of the provisioner's ConfigMap; undefined when the ConfigMap is missing. */
  config: Record<string, string> | undefined;
}

export type Provisioned = { volume: AnyObject } | { failure: string };

interface ClaimSpec {
  accessModes?: string[];
  selector?: unknown;
  volumeMode?: string;
  resources: { requests: { storage: string } };
}

/** Node that the scheduler chose for the first pod that uses the claim. */
export const selectedNodeAnnotation = "volume.kubernetes.io/selected-node";

/**
 * The volume that local-path-provisioner makes for a claim, or why it cannot, in its words (provisioner.go): `local`
 * volumes (which honour fsGroup) when the claim or class says so, else hostPath.
 */
export function provision({ claim, storageClass, config }: ProvisionRequest): Provisioned {
  const spec = claim.spec as ClaimSpec;
  const node = claim.metadata?.annotations?.[selectedNodeAnnotation];
  const className = storageClass.metadata?.name ?? "";
  const name = `pvc-${claim.metadata?.uid ?? ""}`;
  const fail = (reason: string) => ({
    failure: `failed to provision volume with StorageClass "${className}": ${reason}`,
  });

  if (spec.selector) return fail("claim.Spec.Selector is not supported");
  if (spec.accessModes?.some((mode) => mode !== "ReadWriteOnce" && mode !== "ReadWriteOncePod"))
    return fail("NodePath only supports ReadWriteOnce and ReadWriteOncePod (1.22+) access modes");
  if (!node) return fail("configuration error, no node was specified");
  const base = nodeBasePath(config?.["config.json"], className, node);
  if ("failure" in base) return fail(base.failure);
  if (!startsHelperPods(config)) return fail(`failed to create volume ${name}: ${helperTimeout}`);

  const path = `${base.path}/${name}_${claim.metadata?.namespace ?? ""}_${claim.metadata?.name ?? ""}`;
  return {
    volume: {
      apiVersion: "v1",
      kind: "PersistentVolume",
      metadata: {
        name,
        annotations: {
          "local.path.provisioner/selected-node": node,
          "pv.kubernetes.io/provisioned-by": String(storageClass.provisioner),
        },
      },
      spec: {
        accessModes: spec.accessModes,
        capacity: { storage: spec.resources.requests.storage },
        claimRef: {
          apiVersion: "v1",
          kind: "PersistentVolumeClaim",
          namespace: claim.metadata?.namespace,
          name: claim.metadata?.name,
          uid: claim.metadata?.uid,
        },
        persistentVolumeReclaimPolicy: storageClass.reclaimPolicy ?? "Delete",
        storageClassName: className,
        volumeMode: spec.volumeMode ?? "Filesystem",
        nodeAffinity: {
          required: {
            nodeSelectorTerms: [
              { matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: [node] }] },
            ],
          },
        },
        ...(volumeType(claim, storageClass) === "local"
          ? { local: { path } }
          : { hostPath: { path, type: "DirectoryOrCreate" } }),
      },
    },
  };
}

/** Why local-path-provisioner cannot delete a volume, in its words; undefined when it can. */
export function deletionFailure(name: string, config: ProvisionRequest["config"]): string | undefined {
  if (startsHelperPods(config)) return undefined;
  const failed = `failed to delete volume ${name}: `;
  return `${failed}${failed}${helperTimeout}`;
}

const helperTimeout = "create process timeout after 120 seconds";

/** Each helper pod mounts both scripts, whichever it runs; without one of them the kubelet never starts it. */
function startsHelperPods(config: ProvisionRequest["config"]): boolean {
  return config?.setup !== undefined && config.teardown !== undefined;
}

function volumeType(claim: AnyObject, storageClass: AnyObject): string {
  const wanted =
    claim.metadata?.annotations?.volumeType ?? storageClass.metadata?.annotations?.defaultVolumeType ?? "hostPath";
  return wanted.toLowerCase();
}
