import { isDeepStrictEqual } from "node:util";
import type { AnyObject, ClusterClient } from "../../../kube/client.ts";
import type { ClusterView } from "../cluster-view.ts";
import type { Simulator } from "../simulator.ts";
import { clusterPolicyStatus } from "./cluster-policy-status.ts";
import type { ClusterPolicyStatus } from "./cluster-policy-status.ts";
import { deployLabelChanges, pciLabel } from "./feature-discovery.ts";
import { hashAnnotation, operandDaemonSets } from "./operands.ts";

const manager = "gpu-operator";

/** Plays gpu-operator while its Deployment runs: labels GPU nodes, makes the operands of the ClusterPolicy, reports. */
export function gpuOperatorSimulator(client: ClusterClient, view: ClusterView): Simulator {
  return {
    name: "gpu-operator",
    reads: ["deployments", "clusterPolicies", "daemonSets", "nodes"],
    async reconcile() {
      const namespace = operatorNamespace(view.all("deployments"));
      const [clusterPolicy, ...others] = byAge(view.all("clusterPolicies"));
      if (namespace === undefined || !clusterPolicy) return;
      await Promise.all([
        ...labelNodes(),
        ...ensureOperands(clusterPolicy, namespace),
        report(clusterPolicy, observe(clusterPolicy, namespace)),
        ...others.map((other) => report(other, { state: "ignored", namespace })),
      ]);
    },
  };

  function labelNodes(): Promise<unknown>[] {
    return view.all("nodes").flatMap(({ metadata }) => {
      const labels = deployLabelChanges(metadata?.labels ?? {});
      if (Object.keys(labels).length === 0) return [];
      const node = { apiVersion: "v1", kind: "Node", metadata: { name: metadata?.name ?? "", labels } } as AnyObject;
      return [client.mergePatch(node, manager)];
    });
  }

  function ensureOperands(clusterPolicy: AnyObject, namespace: string): Promise<unknown>[] {
    const present = ownDaemonSets(clusterPolicy);
    const wanted = operandDaemonSets(clusterPolicy, namespace);
    const wantedNames = new Set(wanted.map(({ metadata }) => metadata?.name));
    const changed = wanted.filter(({ metadata }) => {
      const live = present.find((daemonSet) => daemonSet.metadata?.name === metadata?.name);
      return live?.metadata?.annotations?.[hashAnnotation] !== metadata?.annotations?.[hashAnnotation];
    });
    const disabled = present.filter(({ metadata }) => !wantedNames.has(metadata?.name));
    return [
      ...changed.map((daemonSet) => client.apply(daemonSet, { fieldManager: manager, force: true })),
      ...disabled.map(({ metadata }) =>
        client.delete({
          apiVersion: "apps/v1",
          kind: "DaemonSet",
          metadata: { name: metadata?.name ?? "", namespace },
        }),
      ),
    ];
  }

  function observe(clusterPolicy: AnyObject, namespace: string): ClusterPolicyStatus {
    const labels = view.all("nodes").map(({ metadata }) => metadata?.labels ?? {});
    const present = ownDaemonSets(clusterPolicy);
    const missing = operandDaemonSets(clusterPolicy, namespace).filter(
      ({ metadata }) => !present.some((daemonSet) => daemonSet.metadata?.name === metadata?.name),
    );
    return clusterPolicyStatus(
      clusterPolicy.status as ClusterPolicyStatus | undefined,
      {
        namespace,
        hasFeatureLabels: labels.some((own) =>
          Object.keys(own).some((key) => key.startsWith("feature.node.kubernetes.io/")),
        ),
        hasGpuNodes: labels.some((own) => own[pciLabel] === "true"),
        daemonSets: [...present, ...missing],
      },
      new Date().toISOString().replace(/\.\d+Z$/, "Z"),
    );
  }

  function ownDaemonSets({ metadata }: AnyObject): AnyObject[] {
    return view
      .all("daemonSets")
      .filter((daemonSet) => daemonSet.metadata?.ownerReferences?.some(({ uid }) => uid === metadata?.uid));
  }

  async function report(clusterPolicy: AnyObject, status: ClusterPolicyStatus): Promise<void> {
    if (isDeepStrictEqual(clusterPolicy.status, status)) return;
    const { apiVersion, kind, metadata } = clusterPolicy;
    await client.mergePatchStatus({ apiVersion, kind, metadata: { name: metadata?.name ?? "" }, status }, manager);
  }
}

/** Where a running gpu-operator lives; operands and their ConfigMaps belong there. */
function operatorNamespace(deployments: AnyObject[]): string | undefined {
  return deployments.find(({ metadata, spec, status }) => {
    const { template } = spec as { template: { metadata?: { labels?: Record<string, string> } } };
    const available = (status as { availableReplicas?: number } | undefined)?.availableReplicas ?? 0;
    return metadata?.name === "gpu-operator" && template.metadata?.labels?.app === "gpu-operator" && available > 0;
  })?.metadata?.namespace;
}

function byAge(objects: AnyObject[]): AnyObject[] {
  const age = ({ metadata }: AnyObject) => new Date(metadata?.creationTimestamp ?? 0).getTime();
  return objects.toSorted((a, b) => age(a) - age(b));
}
