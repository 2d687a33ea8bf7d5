import type { CodeEntry } from "../catalog.ts";

function entry(it: Omit<CodeEntry, "area" | "level">): CodeEntry {
  return { area: "containers", level: "failure", ...it };
}

export const workloads = {
  WorkloadUnavailable: entry({
    title: "Workload lacks pods that are ready",
    symptom: "The Deployment, StatefulSet or DaemonSet has fewer ready pods than it should.",
    cause: "Its pods do not run; each says why.",
    fix: "See what is wrong with its pods.",
    byHand: ["kubectl get deployments,statefulsets,daemonsets --all-namespaces"],
    mayPass: true,
  }),
  JobFailed: entry({
    title: "Job has failed",
    symptom: "The Job has the condition Failed.",
    cause: "Its pods failed more often than backoffLimit allows, or it took longer than activeDeadlineSeconds.",
    fix: "Read the log of its last pod, then delete the Job so that it is made anew.",
    byHand: ["kubectl logs job/JOB --namespace NAMESPACE"],
  }),
  PodsNotCreated: entry({
    title: "Pods of a workload are not created",
    symptom: "The workload has the condition ReplicaFailure, or events FailedCreate.",
    cause: "The API server refuses its pods for a reason that has no code of its own.",
    fix: "Read the message.",
    byHand: ["kubectl describe replicaset --namespace NAMESPACE"],
  }),
} satisfies Record<string, CodeEntry>;
