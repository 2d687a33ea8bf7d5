import type { ObjectKey } from "../kube/client.ts";
import type { EarlierManager } from "./earlier-manager.ts";
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
  /** Put a resource into the state, then read it from the cluster. */
  | { readonly kind: "adopt"; readonly resource: StateResource }
  /** Drop a pending operation from the state. */
  | { readonly kind: "forget"; readonly urn: string }
  /** Read a resource of the state anew from the cluster. */
  | { readonly kind: "reread"; readonly urn: string }
  /** Let an interrupted run be no manager of the object any more. */
  | { readonly kind: "relinquish"; readonly from: EarlierManager }
  /** Delete the objects of a release and then its records; what holds data stays. */
  | { readonly kind: "uninstall"; readonly release: ReleaseName; readonly objects: readonly ObjectKey[] }
  /** `kept` are objects of the present revision that the earlier one has not, and that Helm must not delete. */
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
  /** In the order in which they have to happen; empty for what a person has to decide. */
  readonly steps: readonly Step[];
  /** For that person, one a line. */
  readonly commands?: readonly string[];
}

/** `Namespace kasm`, `Secret kasm/kasm-secrets` */
export function objectName({ kind, metadata: { namespace, name } }: ObjectKey): string {
  return `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
}
