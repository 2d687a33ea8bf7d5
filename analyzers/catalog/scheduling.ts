import type { CodeEntry } from "../catalog.ts";

const byHand = [
  "kubectl describe pod POD --namespace NAMESPACE",
  "kubectl describe node | grep -A10 'Allocated resources'",
];

function entry(it: Pick<CodeEntry, "title" | "cause" | "fix"> & Partial<CodeEntry>): CodeEntry {
  const symptom = "The pod stays Pending without a node; an event FailedScheduling says why.";
  return { area: "scheduling", level: "failure", symptom, byHand, ...it };
}

const gpu = {
  area: "gpu",
  byHand: [
    "kubectl get nodes --output custom-columns='NODE:.metadata.name,GPU:.status.allocatable.nvidia\\.com/gpu'",
    ...byHand,
  ],
} as const;

export const scheduling = {
  AllNodesUnready: entry({
    title: "No node that could take the pod is ready",
    cause: "The kubelets of these nodes do not answer, or say that they cannot run pods.",
    fix: "Bring K3s on these machines back.",
    byHand: ["kubectl get nodes", "kubectl describe node NODE"],
  }),
  VolumeOnOtherNode: entry({
    title: "Pod can only run where its volume lies",
    cause: "A local volume is on one node, and that node is full, closed or gone.",
    fix: "Bring the node back or make room on it. To move, copy the data to a new claim.",
  }),
  GpuResourceRenamed: entry({
    ...gpu,
    title: "GPUs are offered under another name",
    cause: "renameByDefault of the time-slicing config makes nvidia.com/gpu.shared of nvidia.com/gpu.",
    fix: "Ask for the name that nodes offer, or take renameByDefault out.",
  }),
  NoGpuNode: entry({
    ...gpu,
    title: "No node offers a GPU",
    cause: "There is no GPU node, or driver, toolkit or device plugin of the GPU operator are not ready on it.",
    fix: "Add a GPU node, or find the part of the GPU operator that is not ready.",
  }),
  TimeSlicingNotApplied: entry({
    ...gpu,
    title: "Time-slicing is not applied",
    cause:
      "Each GPU counts once: the sharing config is missing, not referred to, or the device plugin has not read it.",
    fix: "Name the config as default in the ClusterPolicy, or restart the device plugin after an edit.",
  }),
  GpuSlicesInUse: entry({
    ...gpu,
    title: "All GPU slices are in use",
    cause: "Every slice that nodes offer is taken by a running pod.",
    fix: "End or suspend a session, or add a GPU node.",
    mayPass: true,
  }),
  MemoryShort: entry({
    title: "No node has the memory that the pod asks for",
    cause: "Requests of the pods on each node, init containers among them, leave less than the pod asks for.",
    fix: "End what is not needed, ask for less, or add a node.",
    mayPass: true,
  }),
  CpuShort: entry({
    title: "No node has the CPU that the pod asks for",
    cause: "Requests of the pods on each node, init containers among them, leave less than the pod asks for.",
    fix: "End what is not needed, ask for less, or add a node.",
    mayPass: true,
  }),
  ResourceShort: entry({
    title: "No node has enough of a resource",
    cause: "Requests of the pods on each node leave less than the pod asks for.",
    fix: "Free some, or add a node.",
    mayPass: true,
  }),
  InitDeadlock: entry({
    title: "Pods that wait hold what the pod that they wait for needs",
    symptom: "Some pods stay at Init:N/M and others Pending; nothing moves, however long one waits.",
    cause: "Pods hold CPU or memory of the node in their init containers while a pod that they wait for has no room.",
    fix: "Give the node more CPU, ask for less, or stop the pods that wait until the other one runs.",
  }),
  NodesFull: entry({
    title: "Nodes have as many pods as they may have",
    cause: "The kubelet's max-pods (110 by default) is reached.",
    fix: "End pods, add a node, or raise max-pods (K3s: --kubelet-arg=max-pods=...).",
    mayPass: true,
  }),
  ClaimNotBound: entry({
    title: "Claim of the pod is not bound",
    cause: "The pod waits for the volume of a claim.",
    fix: "See why the claim gets no volume.",
    byHand: ["kubectl get pvc --namespace NAMESPACE", ...byHand],
  }),
  NodesCordoned: entry({
    title: "Nodes that could take the pod are cordoned",
    cause: "Somebody closed them by kubectl cordon or drain.",
    fix: "Open one by kubectl uncordon when its maintenance is over.",
  }),
  NodesUnderPressure: entry({
    title: "Nodes run out of disk, memory or process ids",
    cause: "The kubelet taints a node under pressure, and takes the taint off some minutes after it is over.",
    fix: "Free what is short. Taking the taint off by hand mends nothing.",
    mayPass: true,
    byHand: ["kubectl describe node NODE", "df -h /var/lib/rancher /var/lib/kubelet"],
  }),
  NodesUninitialized: entry({
    title: "Nodes wait for a cloud controller",
    cause: "The kubelet runs with --cloud-provider=external, and no cloud controller manager has initialized the node.",
    fix: "Run the cloud controller manager, or start K3s without that argument.",
    mayPass: true,
  }),
  Tainted: entry({
    title: "Taints keep the pod away",
    cause: "Nodes that could take the pod have taints that it does not tolerate.",
    fix: "Take a taint off, tolerate it, or add a node without.",
  }),
  NodeSelectorUnmatched: entry({
    title: "No node has the labels that the pod asks for",
    cause: "nodeSelector names labels that no open node has.",
    fix: "Label a node, or change the selector.",
    byHand: ["kubectl get nodes --show-labels", ...byHand],
  }),
  Unschedulable: entry({
    title: "Scheduler finds no node",
    cause: "The scheduler gives a reason that has no code of its own.",
    fix: "Read the event FailedScheduling.",
  }),
  SchedulerSilent: entry({
    title: "Scheduler does not look at the pod",
    symptom: "The pod stays Pending, and no event speaks of it.",
    cause: "No scheduler runs, or the pod names another one (schedulerName) or has a scheduling gate.",
    fix: "See that K3s runs on a server, and what the pod's spec names.",
    mayPass: true,
  }),
} satisfies Record<string, CodeEntry>;
