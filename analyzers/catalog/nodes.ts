import type { CodeEntry } from "../catalog.ts";

const byHand = ["kubectl get nodes --output wide", "kubectl describe node NODE"];

function node(entry: Pick<CodeEntry, "title" | "symptom" | "cause" | "fix"> & Partial<CodeEntry>): CodeEntry {
  return { area: "nodes", level: "failure", byHand, ...entry };
}

export const nodes = {
  NodeUnreachable: node({
    title: "Node is not heard of",
    symptom: "kubectl get nodes says NotReady and the conditions are Unknown; pods of the node hang in Terminating.",
    cause: "The machine is off, K3s does not run there, or it does not reach the API server (port 6443).",
    fix: "Start the machine or K3s on it, or mend the network. A machine that will not come back is removed with `kubectl delete node`; volumes of local-path on it are lost.",
    byHand: [...byHand, "kubectl get lease NODE --namespace kube-node-lease --output yaml"],
    mayPass: true,
  }),
  NodeNotReady: node({
    title: "Node is not ready",
    symptom: "kubectl get nodes says NotReady; no new pods come, and after five minutes the old ones are moved away.",
    cause: "The kubelet reports a fault of its own: containerd, the network plugin or a disk.",
    fix: "Read K3s's log on that machine, mend what it names, and restart K3s there.",
    mayPass: true,
  }),
  NodeMemoryPressure: node({
    title: "Node is short of memory",
    symptom: "Pods end as Evicted; new ones are not scheduled (taint node.kubernetes.io/memory-pressure).",
    cause: "Free memory fell below the kubelet's threshold (100Mi by default): pods use more than they request.",
    fix: "End or limit what takes the memory, or add some. The taint goes by itself.",
    mayPass: true,
  }),
  NodeDiskPressure: node({
    title: "Node is short of disk",
    symptom:
      "Pods end as Evicted, images are removed; new pods are not scheduled (taint node.kubernetes.io/disk-pressure).",
    cause:
      "Free space or inodes fell below the kubelet's threshold: images, logs, volumes of local-path or other files.",
    fix: "Free space on the machine. The taint goes by itself; taking it off by hand does not help.",
    byHand: [...byHand, "df -h; df -i  # on the node"],
    mayPass: true,
  }),
  NodePidPressure: node({
    title: "Node is short of process ids",
    symptom: "Pods end as Evicted; `fork: Resource temporarily unavailable` in logs.",
    cause: "Something starts more processes than the machine has ids for.",
    fix: "End it, and limit processes per pod (kubelet's podPidsLimit).",
    mayPass: true,
  }),
  NodeNetworkUnavailable: node({
    title: "Node has no network for pods",
    symptom: "Pods of the node stay at ContainerCreating or reach nobody.",
    cause: "flannel, or whatever else makes the pods' network, has not set it up on this node.",
    fix: "Read K3s's log on that machine; open UDP port 8472 between nodes for VXLAN.",
  }),
  NodeUninitialized: node({
    title: "Node is not taken up by the cloud controller",
    symptom: "No pod is scheduled: the node has the taint node.cloudprovider.kubernetes.io/uninitialized.",
    cause: "K3s's cloud controller is disabled or does not run, and no other takes its place.",
    fix: "Let K3s run its own, or install the cloud's.",
    mayPass: true,
  }),
  NodeCordoned: node({
    level: "warning",
    title: "Node is cordoned",
    symptom: "kubectl get nodes says SchedulingDisabled; new pods stay Pending if they fit nowhere else.",
    cause: "Somebody cordoned or drained it, or a driver upgrade of the GPU operator did.",
    fix: "Uncordon it when the maintenance is over.",
  }),
  NetworkPolicyNotEnforced: node({
    level: "warning",
    title: "NetworkPolicies are not enforced",
    symptom: "None: pods reach each other across namespaces that policies close.",
    cause: "K3s was started with --disable-network-policy, and no other network plugin enforces policies.",
    fix: "Start K3s without that flag, or install a plugin that enforces policies.",
    byHand: ["kubectl get nodes --output yaml | grep node-args", "kubectl get networkpolicies --all-namespaces"],
  }),
  NodeLeaseStale: node({
    level: "warning",
    title: "Node's Lease is not renewed",
    symptom: "The node counts as ready, but nothing happens on it.",
    cause: "Its kubelet no longer reaches the API server, or the controller manager does not notice.",
    fix: "Look at K3s on that machine, and on the servers.",
    byHand: ["kubectl get leases --namespace kube-node-lease"],
    mayPass: true,
  }),
  NodeIdentityShared: node({
    level: "warning",
    title: "Nodes share an address or a machine id",
    symptom: "Pods of one node are reached at times, or never; nodes push each other out.",
    cause: "A virtual machine was cloned together with its /etc/machine-id or its fixed address.",
    fix: "Give each machine an address and a machine id of its own.",
    byHand: [
      "kubectl get nodes --output custom-columns=NAME:.metadata.name,ID:.status.nodeInfo.machineID,IP:.status.addresses[0].address",
    ],
  }),
} satisfies Record<string, CodeEntry>;
