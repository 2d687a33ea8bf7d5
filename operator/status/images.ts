import { pullVerdict } from "../../analyzers/images/images.ts";
import type { ContainerStatus } from "../kinds.ts";
import type { SessionView } from "../view/session-view.ts";
import type { Finding, ReadyReason } from "./reasons.ts";
import { fromVerdict } from "./verdict.ts";

/**
 * Why the container's image does not come. The same for a failed try and for the time until the next, which alternate; and
 * told by its kind, since registries' words hold addresses and ids.
 */
export function imageFinding(view: SessionView, status: ContainerStatus): Finding | undefined {
  const failures = view.events.filter(({ reason, message }) => reason === "Failed" && message.includes("pull"));
  const image = status.image ?? view.template?.spec.image ?? "of the desktop";
  const verdict = pullVerdict(
    { ...status, image },
    failures.map(({ message }) => message),
    `spec.image of VDITemplate ${view.session.spec.template}`,
  );
  if (!verdict) return undefined;
  // Before 1.31 the kubelet does not say why while it waits for the next try: what was known before holds.
  const before = verdict.code === "ImagePullFailed" ? told(view, image) : undefined;
  return before ?? fromVerdict({ ...verdict, remedy: `${verdict.remedy} The kubelet tries again by itself.` });
}

/** Set while the image is being pulled, as far as events tell: they may be older than the pod's status. */
export function pullingFinding({ events, pod }: SessionView): Finding | undefined {
  const { initContainerStatuses = [], containerStatuses = [] } = pod?.status ?? {};
  if ([...initContainerStatuses, ...containerStatuses].some(({ state }) => state?.running)) return undefined;
  const last = events.findLast(
    ({ reason, lastTime }) => pullSteps.has(reason) && lastTime >= (pod?.metadata.creationTimestamp ?? ""),
  );
  const [, image] = /^Pulling image "(.*)"$/.exec(last?.reason === "Pulling" ? last.message : "") ?? [];
  if (image === undefined) return undefined;
  return {
    reason: "PullingImage",
    message: `Image ${image} is being pulled to ${pod?.spec?.nodeName ?? "the node"}, which takes a while the first time.`,
  };
}

const pullSteps = new Set(["Pulling", "Pulled", "Failed", "BackOff", "Started"]);

function told({ session }: SessionView, image: string): Finding | undefined {
  const ready = session.status?.conditions?.find(({ type }) => type === "Ready");
  if (!ready?.message.startsWith(`Image ${image} cannot be pulled`)) return undefined;
  return { reason: ready.reason as ReadyReason, message: ready.message };
}
