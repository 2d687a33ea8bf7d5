import type { Pod } from "../../../operator/kinds.ts";
import { readyTable } from "./ready.ts";
import { ago, container, node, pod, podWith, readyPod, view } from "./views.ts";

const failed = (reason: string, message: string) => view({ pod: pod({ phase: "Failed", reason, message }, "gpu-1") });
const ending = (of: { phase: "Succeeded" | "Failed"; exitCode: number; seconds: number; finalizers?: string[] }) => {
  const { phase, exitCode, seconds, finalizers } = of;
  const it = podWith([container({ restartCount: 1, state: { terminated: { exitCode, reason: "Completed" } } })]);
  const metadata = { ...it.metadata, deletionTimestamp: ago(seconds), ...(finalizers && { finalizers }) };
  return view({ pod: { ...it, metadata, status: { ...it.status, phase } } });
};
const leaving = (conditions: NonNullable<Pod["status"]>["conditions"] = [], seconds = 2) => {
  const it = readyPod();
  return view({
    pod: {
      ...it,
      metadata: { ...it.metadata, deletionTimestamp: ago(seconds) },
      status: { ...it.status, conditions: [...(it.status?.conditions ?? []), ...conditions] },
    },
  });
};

describe("why a pod has come to its end", () => {
  readyTable({
    "the device plugin gives one slice at a time": [
      failed(
        "UnexpectedAdmissionError",
        "Pod was rejected: Allocate failed due to rpc error: code = Unknown desc = request for 'nvidia.com/gpu: 2' too large: maximum request size for shared resources is 1; found 2, which is unexpected",
      ),
      ["UnexpectedAdmissionError", "maximum request size for shared resources is 1", "ask for gpu 1"],
    ],
    "the device plugin fails otherwise": [
      failed("UnexpectedAdmissionError", "Pod was rejected: Allocate failed due to no healthy devices present"),
      ["UnexpectedAdmissionError", "no healthy devices present", "device plugin's pod"],
    ],
    "the node filled up meanwhile": [
      failed(
        "OutOfcpu",
        "Pod was rejected: Node didn't have enough resource: cpu, requested: 2000, used: 7000, capacity: 8000",
      ),
      ["NodeRefused", "enough resource: cpu"],
    ],
    "the node was low on memory: no figures that differ each time": [
      failed(
        "Evicted",
        "The node was low on resource: memory. Threshold quantity: 100Mi, available: 80Mi. Container desktop was using 5Gi, request is 4Gi, has larger consumption of memory.",
      ),
      ["Evicted", "ran out of memory", /^(?!.*80Mi)/],
    ],
    "the desktop filled its own disk": [
      failed("Evicted", 'Usage of EmptyDir volume "shm" exceeds the limit "1Gi".'),
      ["Evicted", 'EmptyDir volume "shm" exceeds'],
    ],
    "the node shut down": [
      failed("Terminated", "Pod was terminated in response to imminent node shutdown."),
      ["NodeLost", "imminent node shutdown"],
    ],
    "nobody says why": [failed("", ""), ["PodFailed", "Pod alice-x ended."]],
    "somebody drains the node": [
      leaving([
        {
          type: "DisruptionTarget",
          status: "True",
          reason: "EvictionByEvictionAPI",
          message: "Eviction API: evicting",
        },
      ]),
      ["Evicted", "Eviction API: evicting"],
    ],
    "the operator replaces it, or somebody deleted it": [leaving(), ["Replacing", "Pod alice-x stops"]],
    "it ends as it was told, with exit code 0, after a resume": [
      ending({ phase: "Succeeded", exitCode: 0, seconds: 2 }),
      ["Replacing", "Pod alice-x stops", /^(?!.*exit code)/],
    ],
    "it ends by the signal that ended its grace time, after a resume": [
      ending({ phase: "Failed", exitCode: 137, seconds: 2 }),
      ["Replacing", "Pod alice-x stops", /^(?!.*exit code)/],
    ],
    "it has not ended after its grace time: its node": [
      leaving([], 60),
      ["TerminatingStuck", "Pod alice-x does not end on gpu-1 though its grace period is over", "kubelet's log"],
    ],
    "it has not ended after its grace time: somebody's finalizer": [
      ending({ phase: "Succeeded", exitCode: 0, seconds: 60, finalizers: ["example.com/backup"] }),
      ["TerminatingStuck", "Pod alice-x does not end on gpu-1", "finalizer example.com/backup"],
    ],
    "it has not ended after its grace time, and its node does not answer": [
      { ...leaving([], 60), nodes: [node("gpu-1", { isReady: false })] },
      ["NodeLost", "does not answer"],
    ],
    "its node does not answer": [
      view({ nodes: [node("gpu-1", { isReady: false })] }),
      ["NodeLost", "Node gpu-1, on which the desktop runs, does not answer", "kubectl delete node gpu-1"],
    ],
    "its node is gone": [
      view({ nodes: [node("gpu-2")] }),
      ["NodeLost", "Node gpu-1, on which the desktop ran, is gone"],
    ],
    "its node does not answer, and the pod is being taken off": [
      { ...leaving(), nodes: [node("gpu-1", { isReady: false })] },
      ["NodeLost", "does not answer"],
    ],
  });
});
