import { parseDocument } from "yaml";
import { kinds } from "./resource.ts";
import type { PolicyResource } from "./resource.ts";
import { entries, field, list, text } from "./value.ts";

/** A pod that the resource is, or makes. */
export interface Pod {
  readonly spec: unknown;
  readonly containers: readonly Container[];
}

export interface Container {
  /** `container web`, `init container wait` */
  readonly title: string;
  readonly spec: unknown;
}

const podSpecs: Readonly<Record<string, readonly string[]>> = {
  "kubernetes:core/v1:Pod": ["spec"],
  "kubernetes:core/v1:PodTemplate": ["template", "spec"],
  "kubernetes:apps/v1:DaemonSet": ["spec", "template", "spec"],
  "kubernetes:apps/v1:Deployment": ["spec", "template", "spec"],
  "kubernetes:apps/v1:ReplicaSet": ["spec", "template", "spec"],
  "kubernetes:apps/v1:StatefulSet": ["spec", "template", "spec"],
  "kubernetes:batch/v1:Job": ["spec", "template", "spec"],
  "kubernetes:batch/v1:CronJob": ["spec", "jobTemplate", "spec", "template", "spec"],
};

/** Pods of workloads, and the helper pod that the local-path provisioner makes from its ConfigMap. Not those of charts. */
export function podsOf(resource: PolicyResource): Pod[] {
  const path = podSpecs[resource.type];
  if (path) return [pod(field(resource.props, ...path))];
  const helperPod =
    resource.type === kinds.configMap ? text(field(resource.props, "data", "helperPod.yaml")) : undefined;
  return helperPod === undefined ? [] : [pod(field(fromYaml(helperPod), "spec"))];
}

export function isWorkload({ type }: PolicyResource): boolean {
  return type in podSpecs;
}

/** Kinds of volumes that a pod spec mounts, with the volume's name: `hostPath`. */
export function volumeSources(spec: unknown): { name: string; source: string }[] {
  return list(field(spec, "volumes")).flatMap((volume) =>
    entries(volume)
      .filter(([key]) => key !== "name")
      .map(([source]) => ({ name: text(field(volume, "name")) ?? "?", source })),
  );
}

function pod(spec: unknown): Pod {
  const containers = (key: string, kind: string): Container[] =>
    list(field(spec, key)).map((container) => ({
      title: `${kind} ${text(field(container, "name")) ?? "?"}`,
      spec: container,
    }));
  return {
    spec,
    containers: [...containers("initContainers", "init container"), ...containers("containers", "container")],
  };
}

/** Undefined for what is no YAML: the provisioner refuses it, and no pod comes of it. */
function fromYaml(source: string): unknown {
  const document = parseDocument(source);
  return document.errors.length > 0 ? undefined : document.toJS();
}
