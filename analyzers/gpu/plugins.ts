import type { AnyObject } from "../../kube/object.ts";
import { counted } from "../../kube/sentences.ts";
import type { Analyzer } from "../analyzer.ts";
import { refOf, refText } from "../finding.ts";
import type { Finding } from "../finding.ts";

/** One device plugin registers nvidia.com/gpu on a node. The kubelet takes whoever came last. */
export const devicePlugins: Analyzer = {
  area: "gpu",
  title: "One device plugin offers the GPUs",
  needs: ["DaemonSet", "ClusterPolicy"],
  analyze(cluster) {
    const plugins = cluster.all("DaemonSet").filter((it) => isDevicePlugin(it) && isScheduled(it));
    const owned = plugins.filter(isOperators);
    const foreign = plugins.filter((it) => !isOperators(it));
    // Without the operator a plugin of one's own is the way.
    const surplus = owned.length > 0 ? foreign : foreign.slice(1);
    const kept = owned[0] ?? foreign[0];
    return {
      checked: plugins.length > 0 ? counted(plugins.length, "device plugin") : undefined,
      findings: kept ? surplus.map((it) => finding(it, kept)) : [],
    };
  },
};

/** Device plugins that the GPU operator did not make, also those that wait for their nodes. */
export function devicePluginsBesides(daemonSets: readonly AnyObject[]): AnyObject[] {
  return daemonSets.filter((it) => isDevicePlugin(it) && !isOperators(it));
}

function finding(plugin: AnyObject, kept: AnyObject): Finding {
  const object = refOf(plugin);
  return {
    code: "GpuSecondPlugin",
    object,
    problem: `${refText(object)} is a second device plugin beside ${refText(refOf(kept))}: both register nvidia.com/gpu on the same nodes, and the last one wins.`,
    evidence: [{ object, field: "spec.template.spec.containers[].image", value: imagesOf(plugin).join(", ") }],
    fix: [
      {
        text: "Remove it, then restart the one that stays.",
        command:
          `kubectl delete daemonset ${object.name} --namespace ${object.namespace ?? ""} && ` +
          `kubectl rollout restart daemonset/${kept.metadata?.name ?? ""} --namespace ${kept.metadata?.namespace ?? ""}`,
        risk: "manual",
      },
    ],
  };
}

/** NVIDIA's, under whatever name it was installed; the operator's MPS daemon has the same image. */
function isDevicePlugin(daemonSet: AnyObject): boolean {
  const { name = "" } = daemonSet.metadata ?? {};
  const isPlugin = /device-plugin/.test(name) && !/mps|feature-discovery/.test(name);
  return isPlugin && imagesOf(daemonSet).some((it) => /nvidia[^@]*device-plugin|k8s-device-plugin/.test(it));
}

function isScheduled(daemonSet: AnyObject): boolean {
  const { desiredNumberScheduled = 1 } = (daemonSet["status"] ?? {}) as { desiredNumberScheduled?: number };
  return desiredNumberScheduled > 0;
}

function isOperators({ metadata }: AnyObject): boolean {
  const owners = metadata?.ownerReferences ?? [];
  return (
    owners.some(({ kind }) => kind === "ClusterPolicy") ||
    metadata?.labels?.["app.kubernetes.io/managed-by"] === "gpu-operator"
  );
}

function imagesOf(daemonSet: AnyObject): string[] {
  const spec = daemonSet["spec"] as { template?: { spec?: { containers?: { image?: string }[] } } } | undefined;
  return (spec?.template?.spec?.containers ?? []).map(({ image = "" }) => image);
}
