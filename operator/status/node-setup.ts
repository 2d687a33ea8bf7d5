import type { SessionView } from "../view/session-view.ts";
import type { Finding } from "./reasons.ts";
import { quoted } from "../../kube/sentences.ts";
import { mountFinding } from "./storage.ts";

/** What the kubelet fails at before it can start any container: volumes, then the sandbox. */
export function setupFindings(view: SessionView): (Finding | undefined)[] {
  return isSetUp(view) ? [] : [mountFinding(view), sandboxFinding(view)];
}

function isSetUp({ pod, events }: SessionView): boolean {
  // A pod gets its address with its sandbox.
  if (pod?.spec?.nodeName === undefined || pod.status?.podIP !== undefined) return true;
  const created = pod.metadata.creationTimestamp ?? "";
  const last = events.findLast(({ reason, lastTime }) => setupSteps.has(reason) && lastTime >= created);
  return (
    pod.status?.conditions?.some(({ type, status }) => type === "PodReadyToStartContainers" && status === "True") ===
      true ||
    (last !== undefined && afterSetup.has(last.reason))
  );
}

// Images are pulled only when volumes are mounted and the sandbox is there.
const afterSetup = new Set(["Pulling", "Pulled", "Created", "Started"]);
const setupSteps = new Set([
  ...afterSetup,
  ...["FailedMount", "FailedAttachVolume", "FailedMapVolume", "FailedCreatePodSandBox"],
]);

function sandboxFinding({ events, pod }: SessionView): Finding | undefined {
  const created = pod?.metadata.creationTimestamp ?? "";
  const failure = events.findLast(({ reason, lastTime }) => reason === "FailedCreatePodSandBox" && lastTime >= created);
  if (!failure) return undefined;
  const node = pod?.spec?.nodeName ?? "the node";
  const [, runtime] = /no runtime for "?(\w[\w-]*)"? is configured/.exec(failure.message) ?? [];
  return {
    reason: "SandboxFailed",
    message:
      runtime === undefined
        ? `${node} cannot make the sandbox for the desktop: ${quoted(failure.message)}. Look at containerd and the network plugin on that node.`
        : `containerd on ${node} has no runtime ${runtime}, which the template's runtimeClassName asks for. Install it and restart K3s there, see docs/components/gpu-operator.md; or leave runtimeClassName out.`,
  };
}
