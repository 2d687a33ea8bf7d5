import type { AnyObject } from "../../kube/object.ts";
import { counted, listed } from "../../kube/sentences.ts";
import type { Analyzer } from "../analyzer.ts";
import { refOf, refText } from "../finding.ts";
import type { Cluster } from "../cluster.ts";
import type { Dependency, Finding } from "../finding.ts";

/** RuntimeClasses that pods name: without them the API server makes no such pod, and nothing but an event says so. */
export const runtimeClasses: Analyzer = {
  area: "gpu",
  title: "RuntimeClasses that are named exist",
  needs: ["RuntimeClass", "VDITemplate", "DaemonSet", "Deployment", "StatefulSet"],
  analyze(cluster) {
    const users = ["VDITemplate", "DaemonSet", "Deployment", "StatefulSet"].flatMap((kind) => cluster.all(kind));
    const byClass = Map.groupBy(
      users.filter((it) => runtimeClassOf(it) !== ""),
      runtimeClassOf,
    );
    return {
      checked: byClass.size > 0 ? counted(byClass.size, "RuntimeClass") : undefined,
      findings: [...byClass]
        .filter(([name]) => cluster.isMissing("RuntimeClass", name))
        .map(([name, them]) => ({ ...finding(name, them), explains: usersOf(cluster, them) })),
    };
  },
};

function finding(name: string, users: readonly AnyObject[]): Finding {
  const refs = users.map(refOf);
  return {
    code: "RuntimeClassMissing",
    object: { kind: "RuntimeClass", name },
    problem: `RuntimeClass ${name} does not exist, and ${listed(refs.map(refText))} ${refs.length === 1 ? "names" : "name"} it: none of their pods is made.`,
    evidence: users.map((it) => ({
      object: refOf(it),
      field: it.kind === "VDITemplate" ? "spec.runtimeClassName" : "spec.template.spec.runtimeClassName",
      value: name,
    })),
    fix: [
      {
        text: "K3s makes it when it starts (addon runtimes), and the GPU operator too, unless it runs its NRI plugin. Restart K3s on a server, or leave runtimeClassName away where containerd has CDI.",
        command: "kubectl get addons.k3s.cattle.io runtimes --namespace kube-system; kubectl get runtimeclasses",
        risk: "manual",
      },
    ],
  };
}

/** Sessions of a template and workloads themselves: what they report of pods that are refused follows from it. */
function usersOf(cluster: Cluster, users: readonly AnyObject[]): Dependency[] {
  const names = new Set(users.filter(({ kind }) => kind === "VDITemplate").map(({ metadata }) => metadata?.name ?? ""));
  const sessions = cluster
    .all("VDISession")
    .filter(({ spec }) => names.has((spec as { template?: string } | undefined)?.template ?? ""));
  return [...users, ...sessions].map((it) => ({ object: refOf(it), because: "its pods name the RuntimeClass" }));
}

function runtimeClassOf({ kind, spec }: AnyObject): string {
  const { runtimeClassName, template } = (spec ?? {}) as {
    runtimeClassName?: string;
    template?: { spec?: { runtimeClassName?: string } };
  };
  return (kind === "VDITemplate" ? runtimeClassName : template?.spec?.runtimeClassName) ?? "";
}
