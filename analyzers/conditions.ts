import type { AnyObject, KubeObject } from "../kube/object.ts";

/** A condition of any kind's status. */
export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

export function conditionOf(object: KubeObject | AnyObject, type: string): Condition | undefined {
  const { status } = object as { status?: { conditions?: readonly Condition[] } };
  return status?.conditions?.find((it) => it.type === type);
}

/** `False, KubeletNotReady: container runtime is down`: a condition as evidence shows it. */
export function conditionText({ status, reason = "", message = "" }: Condition): string {
  const said = [reason, message].filter((it) => it !== "").join(": ");
  return said === "" ? status : `${status}, ${said}`;
}
