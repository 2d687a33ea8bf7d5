import type { AnyObject } from "../../kube/object.ts";
import { listed } from "../../kube/sentences.ts";
import type { Analyzer } from "../analyzer.ts";
import type { Cluster } from "../cluster.ts";
import { refOf, refText } from "../finding.ts";
import type { Finding } from "../finding.ts";
import { clusterPolicyRef, configKeyOn, configMapFault, configTextFault, keyFault, pluginConfigOf } from "./config.ts";
import { findingOf } from "./fault.ts";
import type { GpuFault } from "./fault.ts";
import { gpuResource, gpuResources } from "./node.ts";
import { staleConfig } from "./plugin.ts";
import { gpuSetup, readyGpuNodes, runsOlderText, waitingForGpu, waitingPods, wantedSlices } from "./setup.ts";
import type { GpuSetup } from "./setup.ts";

/** The config of the device plugin is there, is referred to, and is what the plugins run with. */
export const timeSlicing: Analyzer = {
  area: "gpu",
  title: "Time-slicing is configured and in effect",
  needs: ["Node", "Pod", "ConfigMap", "ClusterPolicy"],
  analyze(cluster) {
    const setup = gpuSetup(cluster);
    return {
      checked: setup.policy ? refText(clusterPolicyRef) : undefined,
      findings: setup.policy ? findingsIn(cluster, setup).map((it) => ({ ...it, explains: waitingPods(cluster) })) : [],
    };
  },
};

function findingsIn(cluster: Cluster, setup: GpuSetup): Finding[] {
  const { policy, namespace, configMap } = setup;
  const { name } = pluginConfigOf(policy);
  if (name === undefined) return notReferenced(cluster, setup);
  const missing = configMapFault(name, namespace, cluster.all("ConfigMap"));
  if (missing) return [findingOf(missing)];
  if (!configMap) return [];
  const nodes = readyGpuNodes(cluster);
  const faults = nodes.flatMap((node) => {
    const named = keyFault(node, policy, configMap);
    // One at the node is told there.
    if (named) return named.at.kind === "Node" ? [] : [named];
    const wrong = configTextFault(configMap, configKeyOn(node, policy) ?? "");
    return wrong && matters(cluster, wrong) ? [wrong] : [];
  });
  const stale = nodes.filter((node) => {
    const wanted = wantedSlices(setup, node);
    const has = gpuResources(node, "capacity")[gpuResource] ?? 0;
    return has > 0 && wanted !== undefined && has !== wanted && runsOlderText(setup, node);
  });
  const older =
    stale.length > 0
      ? [
          staleFinding(
            setup,
            configMap,
            stale.map(({ metadata }) => metadata.name),
          ),
        ]
      : [];
  return [...once(faults).map(findingOf), ...older];
}

/** A config that shares nothing for desktops is meant so where no template asks for what it leaves out. */
function matters(cluster: Cluster, { text }: GpuFault): boolean {
  if (!/renames|MPS/.test(text)) return true;
  const templates = cluster.all("VDITemplate").map((it) => (it["spec"] ?? {}) as { gpuResourceName?: string });
  return templates.some(({ gpuResourceName = gpuResource }) => gpuResourceName === gpuResource);
}

function staleFinding({ namespace }: GpuSetup, configMap: AnyObject, nodes: readonly string[]): Finding {
  const fault = staleConfig(namespace);
  const object = refOf(configMap);
  const written =
    (configMap.metadata?.managedFields ?? [])
      .map(({ time = "" }) => time)
      .sort()
      .at(-1) ?? "";
  return {
    ...findingOf({ ...fault, text: `on ${listed(nodes)} ${fault.text}` }),
    evidence: [{ object, field: "metadata.managedFields[].time", value: written }],
  };
}

function notReferenced(cluster: Cluster, { namespace, policy }: GpuSetup): Finding[] {
  const sharing = cluster.all("ConfigMap").filter((it) => holdsSharing(it));
  const here = sharing.find(({ metadata }) => metadata?.namespace === namespace) ?? sharing[0];
  const value = JSON.stringify(
    (policy?.["spec"] as { devicePlugin?: { config?: unknown } } | undefined)?.devicePlugin?.config ?? {},
  );
  const evidence = [{ object: clusterPolicyRef, field: "spec.devicePlugin.config", value }];
  if (!here) {
    const waiting = waitingForGpu(cluster);
    // Whole cards may be meant; with somebody waiting it has to be said.
    return waiting.length === 0
      ? []
      : [
          {
            code: "TimeSlicingNotConfigured",
            object: clusterPolicyRef,
            problem: `No time-slicing is configured: the ClusterPolicy names no config of the device plugin, so that each card serves one desktop.`,
            evidence,
            fix: [
              {
                text: "Set gpu.replicasPerGpu above 1 if desktops are to share cards.",
                command: "pulumi config set --path gpu.replicasPerGpu 8 && pulumi up",
                risk: "restart",
              },
            ],
          },
        ];
  }
  const { name = "", namespace: place = "" } = here.metadata ?? {};
  const [key = "KEY"] = Object.keys(here["data"] ?? {});
  const move = place === namespace ? "" : `; and it is in ${place}, where nothing reads it`;
  return [
    {
      code: "TimeSlicingNotReferenced",
      object: clusterPolicyRef,
      problem: `ConfigMap ${place}/${name} says how GPUs are to be shared, but the ClusterPolicy does not refer to it${move}.`,
      evidence: [...evidence, { object: refOf(here), field: "data", value: key }],
      fix: [
        {
          text: `${place === namespace ? "Refer to it from the ClusterPolicy" : `Make it in ${namespace} as well, and refer to it from the ClusterPolicy`}. The operator then replaces the device plugin's pods; desktops that run are not touched.`,
          command: `kubectl patch clusterpolicies.nvidia.com ${clusterPolicyRef.name} --type merge --patch '{"spec":{"devicePlugin":{"config":{"name":"${name}","default":"${key}"}}}}'`,
          risk: "restart",
        },
      ],
    },
  ];
}

function holdsSharing({ metadata, data }: AnyObject): boolean {
  const texts = Object.values((data ?? {}) as Record<string, string>);
  return texts.some((it) => it.includes("timeSlicing:")) || /^time-slicing-config/.test(metadata?.name ?? "");
}

function once(faults: readonly GpuFault[]): GpuFault[] {
  return [...new Map(faults.map((it) => [`${refText(it.at)} ${it.text}`, it])).values()];
}
