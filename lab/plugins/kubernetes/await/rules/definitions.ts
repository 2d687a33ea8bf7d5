import type { V1ReplicationController, V1ResourceQuota, V1Secret } from "@kubernetes/client-node";
import { isDeepStrictEqual } from "node:util";
import { condition, conditionReason } from "../readiness.ts";
import type { ReadinessRule } from "../readiness.ts";
import type { Plain } from "../plain.ts";

/** Established: only then can objects of the new kind be made. The official provider does not wait for this. */
export const customResourceDefinition: ReadinessRule = {
  readiness({ live }) {
    if (condition(live, "Established")?.status === "True") return { done: true, message: "Established" };
    const names = condition(live, "NamesAccepted");
    const conflict = names?.status === "False" ? [conditionReason(names)] : [];
    return {
      done: false,
      message: ["Waiting to be Established", ...conflict].join("; "),
      reasons: ["not Established", ...conflict],
    };
  },
};

/** A quota counts once the controller has taken its limits over into the status. */
export const resourceQuota: ReadinessRule = {
  readiness({ live }) {
    const { spec, status } = live as Plain<V1ResourceQuota>;
    if (isDeepStrictEqual(spec?.hard ?? {}, status?.hard ?? {})) return { done: true };
    return {
      done: false,
      message: "Waiting for the quota controller",
      reasons: ["limits are not in .status.hard yet"],
    };
  },
};

/** A service account token is written into its Secret by a controller; any other Secret is whole at once. */
export const secret: ReadinessRule = {
  readiness({ live }) {
    const { type, data } = live as Plain<V1Secret>;
    if (type !== "kubernetes.io/service-account-token" || data?.["token"]) return { done: true };
    return {
      done: false,
      message: "Waiting for the token",
      reasons: ["no token yet; does the ServiceAccount of its annotation kubernetes.io/service-account.name exist?"],
    };
  },
};

export const replicationController: ReadinessRule = {
  readiness({ live }) {
    const { spec, status } = live as Plain<V1ReplicationController>;
    const wanted = spec?.replicas ?? 1;
    const available = status?.availableReplicas ?? 0;
    if (available >= wanted) return { done: true };
    const message = `${available} of ${wanted} Pods are available`;
    return { done: false, message, reasons: [message] };
  },
};
