import type { ContainerState, Pod } from "../../kube/kinds.ts";
import { quoted } from "../../kube/sentences.ts";
import { untrusted } from "../../kube/untrusted-text.ts";
import type { ContainerCode } from "./containers.ts";
import { mountVerdict } from "../storage/mounts.ts";
import type { VolumeCode } from "../storage/permissions.ts";
import { saidSince } from "../verdict.ts";
import type { Said, Verdict } from "../verdict.ts";

/** What the kubelet fails at before it can start any container: volumes, then the sandbox. */
export function setupVerdicts(pod: Pod, events: readonly Said[]): Verdict<ContainerCode | VolumeCode>[] {
  const own = saidSince(events, pod.metadata.creationTimestamp);
  if (isSetUp(pod, own)) return [];
  return [mountVerdict(own, pod.spec?.nodeName), sandboxVerdict(own, pod)].filter((it) => it !== undefined);
}

/** Images are pulled only when volumes are mounted and the sandbox is there. */
function isSetUp({ spec, status }: Pod, events: readonly Said[]): boolean {
  // A pod gets its address with its sandbox.
  if (spec?.nodeName === undefined || status?.podIP !== undefined) return true;
  const { initContainerStatuses: inits = [], containerStatuses: mains = [] } = status ?? {};
  if ([...inits, ...mains].some(({ state }) => hasBegun(state))) return true;
  const last = events.findLast(({ reason }) => setupSteps.has(reason));
  return (
    status?.conditions?.some(({ type, status: is }) => type === "PodReadyToStartContainers" && is === "True") ===
      true ||
    (last !== undefined && afterSetup.has(last.reason))
  );
}

/** Whether the kubelet has come as far as the container's image. */
function hasBegun(state: ContainerState | undefined): boolean {
  const waiting = state?.waiting?.reason ?? "";
  return (
    state?.running !== undefined ||
    state?.terminated !== undefined ||
    !["", "ContainerCreating", "PodInitializing"].includes(waiting)
  );
}

const afterSetup = new Set(["Pulling", "Pulled", "Created", "Started"]);
const setupSteps = new Set([
  ...afterSetup,
  ...["FailedMount", "FailedAttachVolume", "FailedMapVolume", "FailedCreatePodSandBox"],
]);

function sandboxVerdict(events: readonly Said[], { spec }: Pod): Verdict<ContainerCode> | undefined {
  const failure = events.findLast(({ reason }) => reason === "FailedCreatePodSandBox");
  if (!failure) return undefined;
  const node = spec?.nodeName ?? "the node";
  const said = quoted(failure.message);
  const [, runtime] = /no runtime for "?(\w[\w-]*)"? is configured/.exec(untrusted(failure.message)) ?? [];
  if (runtime !== undefined)
    return {
      code: "RuntimeNotConfigured",
      problem: `containerd on ${node} has no runtime ${runtime}, which the pod's runtimeClassName asks for.`,
      remedy: `Install it there and restart K3s on ${node}, which looks for runtimes only when it starts, see docs/components/gpu-operator.md; or leave runtimeClassName out.`,
      command: `grep ${runtime} /var/lib/rancher/k3s/agent/etc/containerd/config.toml`,
    };
  if (/\bcni\b|network for sandbox|\bIP addresses\b|flannel|subnet\.env/i.test(untrusted(failure.message)))
    return {
      code: "NetworkPluginFailed",
      problem: `The network plugin on ${node} does not connect the pod: ${said}.`,
      remedy: `Look at the network plugin on ${node}; K3s's flannel is part of K3s, and writes /run/flannel/subnet.env.`,
    };
  return {
    code: "SandboxFailed",
    problem: `${node} cannot make the pod's sandbox: ${said}.`,
    remedy: `Look at containerd on ${node}.`,
  };
}
