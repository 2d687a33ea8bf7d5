import type { Node } from "../../kube/kinds.ts";
import { counted } from "../../kube/sentences.ts";
import type { Analyzer } from "../analyzer.ts";
import type { Cluster } from "../cluster.ts";
import { refOf } from "../finding.ts";
import type { Finding } from "../finding.ts";
import { gpuResource, gpuResources, labelOf, physicalGpus } from "./node.ts";
import { partDependencies } from "./parts.ts";
import { gpuSetup, readyGpuNodes, waitingPods } from "./setup.ts";

/** All cards of a node are in use of the kubelet, under the name that desktops ask for. */
export const gpuHealth: Analyzer = {
  area: "gpu",
  title: "GPUs are healthy and offered by the name that desktops ask for",
  needs: ["Node", "Pod", "VDITemplate"],
  analyze(cluster) {
    const nodes = readyGpuNodes(cluster);
    return {
      checked: nodes.length > 0 ? counted(nodes.length, "GPU node") : undefined,
      findings: nodes.flatMap((node) => [...sick(cluster, node), ...migFailed(node), ...otherName(cluster, node)]),
    };
  },
};

function sick(cluster: Cluster, node: Node): Finding[] {
  const capacity = gpuResources(node, "capacity");
  const allocatable = gpuResources(node, "allocatable");
  const object = refOf({ ...node, kind: "Node" });
  return Object.entries(capacity).flatMap(([resource, all]) => {
    const usable = allocatable[resource] ?? 0;
    if (usable >= all) return [];
    const gpus = physicalGpus(node);
    const perGpu = gpus !== undefined && resource === gpuResource ? all / gpus : undefined;
    const cards =
      perGpu === undefined ? "" : `, which is ${counted(Math.round((all - usable) / perGpu), "card")} of ${gpus ?? 0}`;
    const { namespace, pods } = gpuSetup(cluster);
    return [
      {
        code: "GpuUnhealthy" as const,
        object,
        problem: `Node ${object.name} has ${all} ${resource} and can give out ${usable}: ${all - usable} are not healthy${cards}.`,
        evidence: [
          { object, field: `status.capacity[${resource}]`, value: String(all) },
          { object, field: `status.allocatable[${resource}]`, value: String(usable) },
        ],
        fix: [
          {
            text: `Read the card's errors on ${object.name}; reset or replace it.`,
            command: "dmesg | grep -i xid; nvidia-smi",
            risk: "manual",
          },
          {
            text: "Then have the device plugin count anew.",
            command: `kubectl delete pod --namespace ${namespace} --selector app=nvidia-device-plugin-daemonset --field-selector spec.nodeName=${object.name}`,
            risk: "safe",
          },
        ],
        dependsOn: partDependencies(object.name, pods),
        explains: waitingPods(cluster),
      },
    ];
  });
}

function migFailed(node: Node): Finding[] {
  if (labelOf(node, "nvidia.com/mig.config.state") !== "failed") return [];
  const object = refOf({ ...node, kind: "Node" });
  const profile = labelOf(node, "nvidia.com/mig.config") ?? "(none)";
  return [
    {
      code: "GpuMigFailed",
      object,
      problem: `The MIG manager could not set up the profile ${profile} on node ${object.name}.`,
      evidence: [
        { object, field: "metadata.labels[nvidia.com/mig.config.state]", value: "failed" },
        { object, field: "metadata.labels[nvidia.com/mig.config]", value: profile },
      ],
      fix: [
        {
          text: "Name a profile that the card has, and end the pods that use its GPUs first; all-disabled turns MIG off.",
          command: `kubectl label --overwrite node ${object.name} nvidia.com/mig.config=all-disabled`,
          risk: "restart",
        },
      ],
    },
  ];
}

/** Desktops ask for one resource by name; a node may have the same cards under another. */
function otherName(cluster: Cluster, node: Node): Finding[] {
  const offered = Object.keys(gpuResources(node, "capacity")).filter((it) => /^nvidia\.com\/(?:gpu|mig-)/.test(it));
  const templates = cluster.all("VDITemplate");
  const asked = new Set(
    templates.map((it) => ((it["spec"] ?? {}) as { gpuResourceName?: string }).gpuResourceName ?? gpuResource),
  );
  if (offered.length === 0 || templates.length === 0 || offered.some((it) => asked.has(it))) return [];
  const object = refOf({ ...node, kind: "Node" });
  return [
    {
      code: "GpuResourceNameDiffers",
      object,
      problem: `Node ${object.name} offers ${offered.join(", ")}, and every template asks for ${[...asked].join(", ")}.`,
      evidence: offered.map((it) => ({
        object,
        field: `status.capacity[${it}]`,
        value: String(gpuResources(node, "capacity")[it] ?? 0),
      })),
      fix: [
        {
          text: `Set spec.gpuResourceName of the templates to ${offered[0] ?? ""}, or take renameByDefault out of the time-slicing config.`,
          command: `kubectl patch vditemplate ${templates[0]?.metadata?.name ?? ""} --type merge --patch '{"spec":{"gpuResourceName":"${offered[0] ?? ""}"}}'`,
          risk: "safe",
        },
      ],
    },
  ];
}
