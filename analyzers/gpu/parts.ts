import type { AnyObject, KubeObject } from "../../kube/object.ts";
import type { Pod } from "../../kube/kinds.ts";
import { quoted } from "../../kube/sentences.ts";
import { refOf } from "../finding.ts";
import type { Dependency, Evidence } from "../finding.ts";
import { podProblem } from "../containers/pods.ts";
import { driverMissing, driverVerdict } from "./driver-words.ts";
import type { GpuFault } from "./fault.ts";
import { labelOf } from "./node.ts";

/** The GPU operator's pods on a node, in the order in which one waits for the other. */
const parts: readonly (readonly [app: string, name: string])[] = [
  ["nvidia-driver-daemonset", "driver"],
  ["nvidia-container-toolkit-daemonset", "container toolkit"],
  ["nvidia-device-plugin-daemonset", "device plugin"],
  ["nvidia-operator-validator", "validator"],
  ["gpu-feature-discovery", "feature discovery"],
  ["nvidia-mig-manager", "MIG manager"],
  ["nvidia-dcgm-exporter", "metrics exporter"],
];
/** What GPUs can be used without. */
const isOptional = new Set(["feature discovery", "MIG manager", "metrics exporter"]);

export interface Part {
  readonly name: string;
  readonly pod: Pod;
}

/** What is known of the parts' pods besides their status. */
export interface PartWords {
  /** core/v1 */
  readonly events: readonly AnyObject[];
  /** End of a container's log, where it was read. */
  readonly log?: (pod: Pod, container: string) => string | undefined;
}

export function partsOn(node: string, pods: readonly Pod[]): Part[] {
  return parts.flatMap(([app, name]) =>
    pods
      .filter((pod) => pod.spec?.nodeName === node && labelOf(pod, "app") === app)
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      .map((pod) => ({ name, pod })),
  );
}

export function pluginPodOn(node: string, pods: readonly Pod[]): Pod | undefined {
  return partsOn(node, pods).find(({ name }) => name === "device plugin")?.pod;
}

/** Why one of the parts that GPUs need does not run on a node; undefined when all that are there do. */
export function partFault(node: KubeObject, pods: readonly Pod[], words: PartWords): GpuFault | undefined {
  const at = refOf({ ...node, kind: "Node" });
  const all = partsOn(at.name, pods);
  const stuck = all
    .filter(({ name }) => !isOptional.has(name))
    .flatMap(({ name, pod }) => {
      const problem = podProblem(asObject(pod), words.events);
      return problem ? [{ name, pod, ...problem }] : [];
    });
  const [first] = stuck;
  if (!first) return undefined;
  const known = driverVerdict(
    at.name,
    stuck.flatMap(({ pod }) => saidOf(pod, words)),
  );
  const cause = stuck.find(({ isWaiting }) => !isWaiting) ?? first;
  const evidence = stuck.map(({ name, pod, text }): Evidence => ({
    object: refOf(asObject(pod)),
    field: name,
    value: quoted(text),
  }));
  if (known)
    return {
      code: known.code,
      at,
      text: `${known.text} (${cause.name} pod ${cause.pod.metadata.name} says: ${quoted(known.words)})`,
      fix: [known.fix],
      evidence,
    };
  const told = `${cause.name} pod ${cause.pod.metadata.name}: ${cause.text}`;
  // Where the operator does not install the driver, nothing else brings it.
  if (cause.isWaiting && /driver-validation/.test(cause.text) && !all.some(({ name }) => name === "driver")) {
    const { text, fix } = driverMissing(at.name);
    return { code: "GpuDriverMissing", at, text: `${text}: ${told}`, fix: [fix], evidence };
  }
  return {
    code: "GpuResourceMissing",
    at,
    text: told,
    fix: [
      {
        text: `Mend that pod: the others wait for it.`,
        command: `kubectl describe pod ${cause.pod.metadata.name} --namespace ${cause.pod.metadata.namespace ?? ""}`,
        risk: "manual",
      },
    ],
    evidence,
  };
}

/** What a node's GPUs rest on: each of the parts' pods there, or some of them. */
export function partDependencies(
  node: string,
  pods: readonly Pod[],
  isMeant: (part: Part) => boolean = () => true,
): Dependency[] {
  return partsOn(node, pods)
    .filter(isMeant)
    .map(({ name, pod }) => ({ object: refOf(asObject(pod)), because: `it is the ${name} of node ${node}` }));
}

/** Whether it sets up the runtime nvidia, which all others need. */
export function makesRuntime({ name }: Part): boolean {
  return name === "driver" || name === "container toolkit";
}

/** Labels by which a node is kept out of the operator's care (gpu-operator, controllers/state_manager.go). */
export function optOut(node: KubeObject): string | undefined {
  const out = [
    ["nvidia.com/gpu.deploy.operands", "false"],
    ["nvidia.com/gpu.workload.config", "vm-passthrough"],
    ["nvidia.com/gpu.workload.config", "vm-vgpu"],
    ["nvidia.com/gpu.deploy.device-plugin", "false"],
  ].find(([label = "", value]) => labelOf(node, label) === value);
  return out?.join("=");
}

/** All that a pod and its kubelet said, newest first. */
function saidOf(pod: Pod, { events, log }: PartWords): string[] {
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  const own = statuses.flatMap(({ name, state, lastState }) => [
    state?.waiting?.message ?? "",
    state?.terminated?.message ?? "",
    lastState?.terminated?.message ?? "",
    ...(log?.(pod, name)?.split("\n").toReversed() ?? []),
  ]);
  const about = events
    .filter((event) => {
      const { kind, name, namespace } = (event["involvedObject"] ?? {}) as Record<string, string>;
      return kind === "Pod" && name === pod.metadata.name && namespace === pod.metadata.namespace;
    })
    .map((event) => (typeof event["message"] === "string" ? event["message"] : ""));
  return [...own, ...about.toReversed()].filter((it) => it !== "");
}

function asObject(pod: Pod): AnyObject {
  return { ...pod, kind: "Pod" };
}
