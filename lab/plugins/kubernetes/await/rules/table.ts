import type { AnyObject } from "../../../../../kube/client.ts";
import type { ReadinessRule } from "../readiness.ts";
import { persistentVolume, persistentVolumeClaim } from "./claims.ts";
import { daemonSet } from "./daemon-set.ts";
import { customResourceDefinition, replicationController, resourceQuota, secret } from "./definitions.ts";
import { deployment } from "./deployment.ts";
import { ingress } from "./ingress.ts";
import { job } from "./job.ts";
import { pod } from "./pod.ts";
import { service } from "./service.ts";
import { statefulSet } from "./stateful-set.ts";

const rules: Record<string, ReadinessRule> = {
  "apps/v1/DaemonSet": daemonSet,
  "apps/v1/Deployment": deployment,
  "apps/v1/StatefulSet": statefulSet,
  "apiextensions.k8s.io/v1/CustomResourceDefinition": customResourceDefinition,
  "batch/v1/Job": job,
  "networking.k8s.io/v1/Ingress": ingress,
  "v1/PersistentVolume": persistentVolume,
  "v1/PersistentVolumeClaim": persistentVolumeClaim,
  "v1/Pod": pod,
  "v1/ReplicationController": replicationController,
  "v1/ResourceQuota": resourceQuota,
  "v1/Secret": secret,
  "v1/Service": service,
};

/** How this kind becomes ready; undefined for kinds that are complete as soon as they exist. */
export function ruleForKind({ apiVersion = "", kind = "" }: AnyObject): ReadinessRule | undefined {
  return rules[`${apiVersion}/${kind}`];
}
