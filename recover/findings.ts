import type { ObjectKey } from "../kube/client.ts";
import type { LockFile } from "./stack-locks.ts";
import type { StateResource } from "./state.ts";

/** A Helm release by its names. */
export interface ReleaseName {
  readonly namespace: string;
  readonly name: string;
}

/** One thing to do about what an interrupted run left behind. Each can be repeated, and be killed in its middle. */
export type Step =
  | { readonly kind: "unlock"; readonly lock: LockFile }
  /** Put a resource into the state, in place of one with its URN. */
  | { readonly kind: "put"; readonly resource: StateResource }
  /** Take a resource out of the state. */
  | { readonly kind: "drop"; readonly urn: string }
  /** Take a pending operation out of the state. */
  | { readonly kind: "forget"; readonly urn: string }
  /** Delete objects of a release, and then Helm's records of it. */
  | { readonly kind: "uninstall"; readonly release: ReleaseName; readonly objects: readonly ObjectKey[] }
  /** `kept` are objects that the earlier revision has not, and that Helm must not delete. */
  | {
      readonly kind: "rollback";
      readonly release: ReleaseName;
      readonly revision: number;
      readonly kept: readonly ObjectKey[];
    };

/** Something that an interrupted run left behind. */
export interface Finding {
  /** `Secret kasm/kasm-secrets`, `release kasm/kasm`. */
  readonly object: string;
  /** What was found, and what is done about it: two halves of a line. */
  readonly found: string;
  readonly does: string;
  readonly steps: readonly Step[];
  /** Only where a person has to decide; one a line. */
  readonly commands?: readonly string[];
}

/** `Namespace kasm`, `Secret kasm/kasm-secrets` */
export function objectName({ kind, metadata: { namespace, name } }: ObjectKey): string {
  return `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
}
