import type { AnyObject, ObjectKey } from "../../kube/object.ts";

/** One write to the API server. All of them may be done twice: who dies in between does them again. */
export type Write =
  /**
   * An object that is there already gets the labels and owners of this one, and the fields of `refresh`, and is left alone
   * otherwise: unless the annotation `renewWith` says another thing there than here, then it becomes as this one. One that
   * others made is taken the same way, or becomes as this one, or is refused.
   */
  | {
      readonly do: "create";
      readonly object: AnyObject;
      readonly refresh?: AnyObject;
      readonly renewWith?: string;
      readonly foreign?: "take" | "replace" | "refuse";
    }
  /**
   * Server-side apply: what others changed of it is changed back. One that `isNew` is created, which costs API server and
   * etcd two thirds of an apply (measured), and applied only when it is there after all.
   */
  | { readonly do: "apply"; readonly object: AnyObject; readonly isNew?: boolean }
  /** JSON merge patch. With a resourceVersion it fails when somebody else was faster. */
  | { readonly do: "merge"; readonly object: AnyObject }
  /** With a resourceVersion the object stays when somebody else changed it since. */
  | {
      readonly do: "delete";
      readonly key: ObjectKey;
      readonly uid?: string;
      readonly resourceVersion?: string;
      readonly graceSeconds?: number;
    };

/** Done one after the other, the writes of one at the same time. */
export type Batch = readonly Write[];

/** Whether others need it: a pod without what it mounts would only wait. */
export function isNeeded(write: Write): boolean {
  return write.do === "create" && neededKinds.has(write.object.kind ?? "");
}

const neededKinds = new Set(["Secret", "PersistentVolumeClaim"]);

/** What is done to which object. */
export function nameOf(write: Write): string {
  const { metadata } = write.do === "delete" ? write.key : write.object;
  return `${write.do} ${kindOf(write)} ${metadata?.name ?? ""}`;
}

export function kindOf(write: Write): string {
  return (write.do === "delete" ? write.key.kind : write.object.kind) ?? "";
}
