import type { Node, Pod } from "../kube/kinds.ts";

/** Whether the kubelet says so of its pod, or of its node; false for what is not there. */
export function isReady(object: Pick<Pod, "status"> | Pick<Node, "status"> | undefined): boolean {
  return object?.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
}

/** So long whatever is new, or is being started, is no fault. */
export const graceSeconds = 60;
