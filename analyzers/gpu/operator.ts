import type { AnyObject } from "../../kube/object.ts";
import { counted, listed, quoted } from "../../kube/sentences.ts";
import type { Analyzer } from "../analyzer.ts";
import type { Cluster } from "../cluster.ts";
import { conditionOf, conditionText } from "../conditions.ts";
import { refOf } from "../finding.ts";
import type { Dependency, Finding } from "../finding.ts";
import { clusterPolicyRef, missingPolicy, pluginConfigOf } from "./config.ts";
import { findingOf } from "./fault.ts";
import { gpuResources, hasCard, isGpuNode } from "./node.ts";
import { gpuSetup, waitingPods } from "./setup.ts";

/** The GPU operator is there and content. Its state is `ready` also without a GPU node, so that the reason decides. */
export const gpuOperator: Analyzer = {
  area: "gpu",
  title: "GPU operator is ready",
  needs: ["Node", "ClusterPolicy"],
  analyze(cluster) {
    const policies = cluster.all("ClusterPolicy");
    const nodes = cluster.nodes.filter(isGpuNode);
    return {
      checked: policies.length > 0 || nodes.length > 0 ? counted(nodes.length, "GPU node") : undefined,
      findings: policies.length > 0 ? policies.flatMap((it) => findingsAt(cluster, it)) : missing(cluster),
    };
  },
};

/** Where another device plugin offers the cards, no operator is needed. */
function missing(cluster: Cluster): Finding[] {
  const bare = cluster.nodes.filter((it) => hasCard(it) && Object.keys(gpuResources(it, "capacity")).length === 0);
  if (bare.length === 0) return [];
  const names = bare.map(({ metadata }) => metadata.name);
  const fault = findingOf(missingPolicy());
  return [
    {
      ...fault,
      explains: waitingPods(cluster),
      problem: `Nodes with NVIDIA cards (${listed(names)}) offer none of them: there is no ClusterPolicy; is the gpu-operator Release installed?`,
    },
  ];
}

function findingsAt(cluster: Cluster, policy: AnyObject): Finding[] {
  const { state } = (policy["status"] ?? {}) as { state?: string };
  const object = refOf(policy);
  const ready = conditionOf(policy, "Ready");
  const error = conditionOf(policy, "Error");
  const told = [error, ready].find((it) => it?.status === (it?.type === "Error" ? "True" : "False")) ?? ready;
  const evidence = [
    { object, field: "status.state", value: state ?? "(none)" },
    ...(told ? [{ object, field: `status.conditions[${told.type}]`, value: quoted(conditionText(told)) }] : []),
  ];
  if (state === "ignored")
    return [
      {
        code: "GpuPolicyIgnored",
        object,
        problem: `ClusterPolicy ${object.name} is ignored: the GPU operator follows an older one.`,
        evidence,
        fix: [
          {
            text: "Delete it, if nobody needs it.",
            command: `kubectl delete clusterpolicies.nvidia.com ${object.name}`,
            risk: "manual",
          },
        ],
      },
    ];
  const reasons = [ready?.reason, error?.reason];
  const isEmpty = reasons.some((it) => it === "NFDLabelsMissing" || it === "NoGPUNodes");
  if (isEmpty && !cluster.nodes.some(hasCard)) return [noNodes(cluster, policy, evidence)];
  if (state !== "notReady" || !cluster.isOlderThan(told?.lastTransitionTime ?? policy.metadata?.creationTimestamp, 60))
    return [];
  // A fault of its own config is told by itself.
  const { name } = pluginConfigOf(policy);
  if (
    name === undefined &&
    cluster.all("ConfigMap").some(({ metadata }) => /^time-slicing-config/.test(metadata?.name ?? ""))
  )
    return [];
  const said = told?.message === undefined || told.message === "" ? "" : ` It says: ${quoted(told.message)}.`;
  return [
    {
      code: "GpuOperatorNotReady",
      object,
      problem: `The GPU operator is not ready.${said}`,
      evidence,
      fix: [
        {
          text: "See which of its pods does not run.",
          command: `kubectl get pods --namespace ${gpuSetup(cluster).namespace} --output wide`,
          risk: "manual",
        },
      ],
      dependsOn: operatorDependencies(cluster, name),
    },
  ];
}

function noNodes(cluster: Cluster, policy: AnyObject, evidence: Finding["evidence"]): Finding {
  const { namespace } = gpuSetup(cluster);
  return {
    code: "GpuNodesNotFound",
    object: refOf(policy),
    problem: `The GPU operator finds no GPU node among ${counted(cluster.nodes.length, "node")}: none has node-feature-discovery's label of an NVIDIA card.`,
    evidence,
    fix: [
      {
        text: "See that node-feature-discovery's workers run on the GPU nodes, and that the machines have the cards.",
        command: `kubectl get pods --namespace ${namespace} --selector app.kubernetes.io/name=node-feature-discovery --output wide`,
        risk: "manual",
      },
    ],
    dependsOn: [...cluster.all("DaemonSet"), ...cluster.all("Deployment"), ...cluster.all("Pod")]
      .filter(({ metadata }) => metadata?.labels?.["app.kubernetes.io/name"] === "node-feature-discovery")
      .map((it) => ({ object: refOf(it), because: "node-feature-discovery labels nodes that have cards" })),
  };
}

function operatorDependencies(cluster: Cluster, configMap: string | undefined): Dependency[] {
  const { namespace, pods } = gpuSetup(cluster);
  return [
    ...cluster.nodes.filter(isGpuNode).map((node) => ({
      object: refOf({ ...node, kind: "Node" }),
      because: "the GPU operator is ready when its parts run on every GPU node",
    })),
    ...(configMap === undefined
      ? []
      : [{ object: { kind: "ConfigMap", namespace, name: configMap }, because: "the device plugin's pods mount it" }]),
    ...pods.map((pod) => ({
      object: refOf({ ...pod, kind: "Pod" }),
      because: "it is one of the GPU operator's parts",
    })),
    ...["gpu-operator"].map((name) => ({
      object: { kind: "Deployment", namespace, name },
      because: "it is the operator itself",
    })),
    { object: clusterPolicyRef, because: "it says how the parts are to run" },
  ];
}
