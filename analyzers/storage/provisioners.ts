import type { PodSpec, StorageClass } from "../../kube/kinds.ts";
import type { AnyObject } from "../../kube/object.ts";
import type { ProvisionerState } from "./claims.ts";
import type { Cluster } from "../cluster.ts";
import { refOf, refText } from "../finding.ts";
import type { ObjectRef } from "../finding.ts";
import { changeOf } from "../workloads/controllers.ts";
import { isLocalPath } from "./volumes.ts";

export interface Provisioner extends ProvisionerState {
  readonly workload: ObjectRef | undefined;
  /** It will not come by itself. */
  readonly isScaledToZero?: boolean;
}

/**
 * Who makes volumes for a class. Only of local-path is it known how it is deployed (flag --provisioner-name, by default
 * rancher.io/local-path); of another provisioner it can be told only when a workload names it.
 *
 * @returns undefined where that cannot be known
 */
export function provisionerOf(cluster: Cluster, storageClass: StorageClass | undefined): Provisioner | undefined {
  const name = storageClass?.provisioner;
  if (name === undefined || name === "kubernetes.io/no-provisioner" || !cluster.isSeen("Deployment")) return undefined;
  const workloads = ["Deployment", "StatefulSet", "DaemonSet"].flatMap((kind) =>
    cluster.all(kind).map((it) => ({ ...it, kind })),
  );
  const found = workloads.find((it) => (isLocalPath(name) ? servesLocalPath(it, name) : textsOf(it).includes(name)));
  if (!found) return isLocalPath(name) ? { name, runBy: undefined, isReady: false, workload: undefined } : undefined;
  const workload = refOf(found);
  const mend = mendOf(cluster, found);
  const isScaledToZero = isStopped(found);
  return { name, runBy: refText(workload), isReady: readyPods(found) > 0, workload, mend, isScaledToZero };
}

function isStopped({ spec }: AnyObject): boolean {
  return (spec as { replicas?: number } | undefined)?.replicas === 0;
}

function mendOf(cluster: Cluster, workload: AnyObject): NonNullable<ProvisionerState["mend"]> {
  const ref = refOf(workload);
  const object = `${ref.kind.toLowerCase()} ${ref.name} --namespace ${ref.namespace ?? ""}`;
  if (!isStopped(workload))
    return { remedy: "See why its pods do not run.", command: `kubectl describe ${object}`, risk: "safe" };
  const { text: remedy, ...rest } = changeOf(cluster, ref, {
    text: "The provisioner is scaled to 0: scale it up.",
    command: `kubectl scale ${object} --replicas 1`,
    risk: "safe",
  });
  return { remedy, ...rest };
}

function servesLocalPath(workload: AnyObject, provisioner: string): boolean {
  const containers = containersOf(workload);
  const isIt = containers.some(({ image = "", name }) => `${image} ${name}`.includes("local-path-provisioner"));
  if (!isIt) return false;
  const texts = textsOf(workload);
  return texts.includes(provisioner) || (provisioner === "rancher.io/local-path" && !texts.some(isProvisionerName));
}

function isProvisionerName(text: string): boolean {
  return isLocalPath(text);
}

/** Arguments of its containers, split at `=`. */
function textsOf(workload: AnyObject): string[] {
  return containersOf(workload).flatMap(({ command = [], args = [], env = [] }) => [
    ...[...command, ...args].flatMap((it) => it.split("=")),
    ...env.flatMap(({ value }) => (value === undefined ? [] : [value])),
  ]);
}

function containersOf(workload: AnyObject): NonNullable<PodSpec["containers"]> {
  const { template } = (workload["spec"] ?? {}) as { template?: { spec?: PodSpec } };
  return template?.spec?.containers ?? [];
}

function readyPods({ status }: AnyObject): number {
  const { readyReplicas, availableReplicas, numberReady } = (status ?? {}) as Record<string, number | undefined>;
  return readyReplicas ?? availableReplicas ?? numberReady ?? 0;
}
