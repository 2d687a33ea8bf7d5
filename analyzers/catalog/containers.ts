import type { CodeEntry } from "../catalog.ts";

const byHand = [
  "kubectl describe pod POD --namespace NAMESPACE",
  "kubectl logs POD --namespace NAMESPACE --container CONTAINER --previous",
];

function container(entry: Pick<CodeEntry, "title" | "symptom" | "cause" | "fix"> & Partial<CodeEntry>): CodeEntry {
  return { area: "containers", level: "failure", byHand, ...entry };
}

const crashing = "The pod stays at CrashLoopBackOff (Init:CrashLoopBackOff for an init container).";
const notCreated = "The pod stays at CreateContainerConfigError, or at ContainerCreating with FailedMount events.";
const notStarted =
  "The pod stays at RunContainerError, CreateContainerError or CrashLoopBackOff with reason StartError.";

export const containers = {
  SecretMissing: container({
    title: "Secret that a pod refers to does not exist",
    symptom: notCreated,
    cause: "An environment variable or a volume of the pod names a Secret that is not in its namespace.",
    fix: "Create the Secret, or correct the reference. For Kasm's own Secrets run its Release again.",
    byHand: ["kubectl get secrets --namespace NAMESPACE", ...byHand],
  }),
  ConfigMapMissing: container({
    title: "ConfigMap that a pod refers to does not exist",
    symptom: notCreated,
    cause: "An environment variable or a volume of the pod names a ConfigMap that is not in its namespace.",
    fix: "Create the ConfigMap, or correct the reference.",
    byHand: ["kubectl get configmaps --namespace NAMESPACE", ...byHand],
  }),
  ConfigKeyMissing: container({
    title: "Secret or ConfigMap lacks a key that a pod refers to",
    symptom: notCreated,
    cause: "The object exists, and does not have the key; often it was made by an older version of a chart.",
    fix: "Add the key, or correct the reference.",
  }),
  ImageRunsAsRoot: container({
    title: "Image runs as root, which its pod forbids",
    symptom: "The pod stays at CreateContainerConfigError.",
    cause: "The pod has runAsNonRoot, and the image names no other user than root.",
    fix: "Use an image with a numeric user, or let the pod run as root where that is meant.",
  }),
  ContainerConfigError: container({
    title: "Container's configuration cannot be made",
    symptom: "The pod stays at CreateContainerConfigError.",
    cause: "The kubelet cannot put together what the container's environment refers to.",
    fix: "Read the message, and restore what it names.",
  }),
  GpuDriverMismatch: container({
    title: "NVIDIA driver was updated under a loaded kernel module",
    symptom: notStarted,
    cause: "The driver's libraries are newer than the kernel module that is loaded (driver/library version mismatch).",
    fix: "Restart the node, or unload and load the NVIDIA modules. Templates and images have no part in it.",
    byHand: ["nvidia-smi", "cat /proc/driver/nvidia/version"],
  }),
  GpuNotUsable: container({
    title: "NVIDIA container runtime does not give the container its GPU",
    symptom: notStarted,
    cause:
      "nvidia-container-cli or the runtime's hook fails on the node: no driver, no device, or a wrong driver root.",
    fix: "Run nvidia-smi on the node, and look at the driver, toolkit and validator pods of the GPU operator there.",
  }),
  ExecFormatError: container({
    title: "Program is built for another kind of processor",
    symptom: notStarted,
    cause: "An image for another architecture, or a script without its first line.",
    fix: "Use an image for the node's architecture.",
  }),
  CommandNotFound: container({
    title: "Image does not have the command that it is to run",
    symptom: notStarted,
    cause: "The command or entrypoint is not in the image, or its interpreter is not.",
    fix: "Correct the command, or use an image that has it. A desktop's image needs sh where it has a home volume.",
  }),
  CommandNotExecutable: container({
    title: "Command may not be executed",
    symptom: notStarted,
    cause: "The file is not executable for the user that the container runs as.",
    fix: "Make it executable in the image.",
  }),
  ContainerStartFailed: container({
    title: "Container cannot be started",
    symptom: notStarted,
    cause: "The container runtime gives a reason that has no code of its own.",
    fix: "Read the message; look at image and runtime of the node.",
  }),
  OutOfMemory: container({
    title: "Container used more than its memory limit",
    symptom: "The container ends with reason OOMKilled and exit code 137.",
    cause: "The kernel kills what uses more than resources.limits.memory. Memory in /dev/shm counts.",
    fix: "Raise the limit, or have less run in the container.",
  }),
  KilledByProbe: container({
    title: "Container is killed since a probe fails",
    symptom: "Restarts go up; the container often ends with exit code 0 or 137.",
    cause: "A startup or liveness probe failed too often: wrong port or path, a start that takes longer, or a hang.",
    fix: "Correct the probe or what it asks, or give the start more time.",
    byHand: ["kubectl get events --namespace NAMESPACE --field-selector involvedObject.name=POD,reason=Killing"],
  }),
  ProbeFailing: container({
    title: "Container runs, and is not ready",
    symptom: "The pod is Running, and not all of its containers are ready.",
    cause: "A probe fails: what it asks does not listen, listens elsewhere, hangs or answers with an error.",
    fix: "Read the container's log, and compare port and path of the probe with what the image serves.",
    mayPass: true,
  }),
  ImageNeedsRoot: container({
    title: "Image starts as root and is not allowed to",
    symptom: crashing,
    cause: "Images of linuxserver.io and others start s6 as root; under the restricted profile they run as user 1000.",
    fix: "Give the template a securityProfile that lets it start as root, or use another image.",
  }),
  DeviceDenied: container({
    title: "Container may not use a device of its node",
    symptom: crashing,
    cause: "Devices such as /dev/uinput or /dev/dri are not given to pods without a device plugin.",
    fix: "Turn off what needs the device (gamepads), or ask for a GPU.",
  }),
  CrashLoop: container({
    title: "Container ends again and again",
    symptom: crashing,
    cause: "Its program ends: the exit code, the signal, and its termination message or its log say why.",
    fix: "Read its previous log.",
  }),
  InitStuck: container({
    title: "Init container does not end",
    symptom: "The pod stays at Init:N/M, where N init containers are done.",
    cause: "The init container waits for something else, such as a Service that has no endpoint, or hangs.",
    fix: "Find out what it waits for: its command names it.",
    byHand: ["kubectl logs POD --namespace NAMESPACE --container INIT-CONTAINER"],
    mayPass: true,
  }),
  RuntimeNotConfigured: container({
    title: "containerd does not have the runtime that the pod asks for",
    symptom: "The pod stays at ContainerCreating; events FailedCreatePodSandBox say that no runtime is configured.",
    cause: "The RuntimeClass names a handler, such as nvidia, that containerd on that node was started without.",
    fix: "Install the runtime on the node and restart K3s there, which looks for runtimes only when it starts.",
    byHand: ["grep nvidia /var/lib/rancher/k3s/agent/etc/containerd/config.toml"],
  }),
  NetworkPluginFailed: container({
    title: "Network plugin does not connect the pod",
    symptom: "The pod stays at ContainerCreating; events FailedCreatePodSandBox name the network.",
    cause: "The CNI plugin fails: no configuration, no free address, or its agent does not run on the node.",
    fix: "Look at the network plugin on the node; K3s's own flannel runs within K3s.",
  }),
  SandboxFailed: container({
    title: "Node cannot make the pod's sandbox",
    symptom: "The pod stays at ContainerCreating; events FailedCreatePodSandBox say why.",
    cause: "containerd cannot create the pod's sandbox.",
    fix: "Read the event, and the log of containerd on that node.",
  }),
  Evicted: container({
    title: "Pod was evicted from its node",
    symptom: "The pod is Failed with reason Evicted.",
    cause: "The node ran out of memory or disk, the pod used more disk than it may, or somebody drained the node.",
    fix: "Give the node more, or pods less. An evicted pod does not come back; its controller makes another one.",
  }),
  UnexpectedAdmissionError: container({
    title: "Device plugin refused the pod",
    symptom: "The pod is Failed with reason UnexpectedAdmissionError.",
    cause: "The kubelet could not get the devices that the scheduler counted on; shared GPUs are given out one by one.",
    fix: "Ask for one slice, delete the pod, and look at the device plugin's pod on that node.",
  }),
  NodeRefused: container({
    title: "Node did not take the pod that it was given",
    symptom: "The pod is Failed with reason OutOfcpu, OutOfmemory, NodeAffinity or the like.",
    cause: "Between choice and start the node filled up, or its labels changed.",
    fix: "Delete the pod where no controller does; it is tried again.",
    mayPass: true,
  }),
  PodFailed: container({
    title: "Pod has failed",
    symptom: "The pod is Failed.",
    cause: "Its containers ended, and its restartPolicy does not start them again, or the kubelet ended it.",
    fix: "Read status.reason, status.message and the logs of its containers.",
  }),
  NodeLost: container({
    title: "Pod is on a node that does not answer",
    symptom: "The pod is Running or Terminating, and nothing in it answers.",
    cause: "The node under the pod is not ready, went down, or is gone from the cluster.",
    fix: "Bring the node back, or delete the Node so that the pod is made anew elsewhere.",
    byHand: ["kubectl get nodes", "kubectl describe node NODE"],
  }),
  TerminatingStuck: container({
    title: "Pod does not end",
    symptom: "The pod stays at Terminating long after its grace period.",
    cause: "Its node does not answer, a finalizer is not removed, or the kubelet cannot stop or unmount it.",
    fix: "Bring the node back or delete it; see who owns the finalizer; look at the kubelet's log.",
    byHand: ["kubectl get pod POD --namespace NAMESPACE --output jsonpath='{.metadata.finalizers}'"],
  }),
} satisfies Record<string, CodeEntry>;
