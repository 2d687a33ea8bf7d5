import type { V1PersistentVolume, V1PersistentVolumeClaim, V1StorageClass } from "@kubernetes/client-node";
import type { AnyObject } from "../../../../../kube/client.ts";
import { objectName, ofKind } from "../readiness.ts";
import type { ReadinessRule } from "../readiness.ts";
import type { Plain } from "../plain.ts";

/** Which of these claims are not bound yet, as reasons. */
export function claimReasons(claims: AnyObject[]): string[] {
  return claims
    .filter((claim) => (claim as Plain<V1PersistentVolumeClaim>).status?.phase !== "Bound")
    .map(
      (claim) =>
        `${objectName(claim)} is ${(claim as Plain<V1PersistentVolumeClaim>).status?.phase ?? "not seen yet"}, not Bound`,
    );
}

/** Bound; or just accepted, where its StorageClass binds only when a first Pod asks (local-path does). */
export const persistentVolumeClaim: ReadinessRule = {
  related(live) {
    const name = (live as Plain<V1PersistentVolumeClaim>).spec?.storageClassName;
    return name ? [{ key: { apiVersion: "storage.k8s.io/v1", kind: "StorageClass", metadata: { name } } }] : [];
  },

  readiness(seen) {
    const { spec, status } = seen.live as Plain<V1PersistentVolumeClaim>;
    if (status?.phase === "Bound") return { done: true, message: "Bound" };
    const [storageClass] = ofKind(seen, "StorageClass") as Plain<V1StorageClass>[];
    const waitsForConsumer = storageClass?.volumeBindingMode === "WaitForFirstConsumer";
    if (waitsForConsumer && status?.phase === "Pending")
      return { done: true, message: `StorageClass ${spec?.storageClassName ?? ""} binds it when a first Pod uses it` };
    if (status?.phase === "Lost") return { done: false, failed: "[Lost] its PersistentVolume does not exist any more" };
    const cause = !spec?.storageClassName
      ? "it names no StorageClass and the cluster has no default one"
      : storageClass
        ? `StorageClass ${spec.storageClassName} (${storageClass.provisioner}) has not bound it`
        : `StorageClass ${spec.storageClassName} does not exist`;
    const phase = status?.phase ?? "Pending";
    return {
      done: false,
      message: `Waiting to be Bound (${phase}): ${cause}`,
      reasons: [`${phase}, not Bound: ${cause}`],
    };
  },
};

export const persistentVolume: ReadinessRule = {
  readiness({ live }) {
    const { phase = "Pending", message } = (live as Plain<V1PersistentVolume>).status ?? {};
    if (phase === "Available" || phase === "Bound") return { done: true, message: phase };
    if (phase === "Failed") return { done: false, failed: `[Failed] ${message ?? "reclaiming it failed"}` };
    return {
      done: false,
      message: `Waiting to be Available (${phase})`,
      reasons: [`${phase}, neither Available nor Bound${message ? `: ${message}` : ""}`],
    };
  },
};
