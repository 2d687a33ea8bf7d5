import type { AnyObject, KubeObject } from "../kube/object.ts";
import type { Code } from "./catalog.ts";

/** Names one object, or one thing beside the API (a host name, this machine). */
export interface ObjectRef {
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/** Where it was seen. */
export interface Evidence {
  readonly object: ObjectRef;
  /** `status.conditions[PodScheduled].message`, `event FailedMount`, `log of container api` */
  readonly field: string;
  /** As it stood there, cut and without secrets. */
  readonly value: string;
}

/**
 * What a step of a fix may do: `safe` changes nothing that runs, `restart` ends a pod or a service for a moment, `data-loss`
 * deletes what cannot be had again, `manual` is for a person alone.
 */
export type Risk = "safe" | "restart" | "data-loss" | "manual";

export interface Fix {
  readonly text: string;
  /** For a shell, with the real names. */
  readonly command?: string;
  readonly risk: Risk;
}

/** Another object that has to be well first. */
export interface Dependency {
  readonly object: ObjectRef;
  /** Why, as a sentence without its full stop: `init container db-is-ready waits for Service kasm/kasm-db`. */
  readonly because: string;
  /** Only findings of these codes explain, warnings among them. Default: all that are as grave. */
  readonly codes?: readonly Code[];
}

/** One thing that is not as it should be. */
export interface Finding {
  readonly code: Code;
  readonly object: ObjectRef;
  readonly container?: string;
  /** What is wrong, with the object's names and numbers: one or two sentences. */
  readonly problem: string;
  readonly evidence: readonly Evidence[];
  readonly fix: readonly Fix[];
  /** Objects whose own findings, if there are any, explain this one. */
  readonly dependsOn?: readonly Dependency[];
  /** Objects whose own findings, if there are any, follow from this one: for causes that their symptoms cannot know of. */
  readonly explains?: readonly Dependency[];
  /** The findings at single objects that this one stands for: pods of a Deployment with the same fault. */
  readonly parts?: readonly Finding[];
}

/** Orders worst first. */
export const levels = ["failure", "warning", "unknown"] as const;

/**
 * `failure`: something does not work. `warning`: it works, and will not for long or not as wanted. `unknown`: it could not
 * be told.
 */
export type Level = (typeof levels)[number];

export function refOf({ kind = "", metadata }: KubeObject | AnyObject): ObjectRef {
  const { name = "", namespace } = metadata ?? {};
  return { kind, ...(namespace !== undefined && { namespace }), name };
}

/** All objects that a finding is about. */
export function objectsOf({ object, parts = [] }: Finding): ObjectRef[] {
  return [object, ...parts.map((it) => it.object)];
}

/** `Pod kasm/kasm-api-0`, `Node k3s-1`: a key as well as a name for people. */
export function refText({ kind, namespace, name }: ObjectRef): string {
  return `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
}
