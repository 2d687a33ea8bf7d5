import type { AnyObject } from "../../kube/object.ts";
import { counted } from "../../kube/sentences.ts";
import type { Analyzer } from "../analyzer.ts";
import type { Cluster } from "../cluster.ts";
import { refOf, refText } from "../finding.ts";
import type { Dependency, Finding } from "../finding.ts";
import { graceSeconds } from "../pod-progress.ts";
import { operatorDeployments, operatorName } from "./deployments.ts";
import { isLed } from "./lease.ts";

interface Session extends AnyObject {
  status?: { observedGeneration?: number; phase?: string };
}

/** Sessions that no operator has looked at, or not since they were changed while none leads. */
export const unobservedSessions: Analyzer = {
  area: "sessions",
  title: "Sessions are looked at",
  needs: ["VDISession"],
  analyze(cluster) {
    const all = cluster.all("VDISession") as readonly Session[];
    const findings = all.flatMap((it) => finding(cluster, it) ?? []);
    return { checked: all.length > 0 ? counted(all.length, "session") : undefined, findings };
  },
};

function finding(cluster: Cluster, session: Session): Finding | undefined {
  const { creationTimestamp, generation = 0 } = session.metadata ?? {};
  const { observedGeneration, phase } = session.status ?? {};
  if (!cluster.isOlderThan(creationTimestamp, graceSeconds)) return undefined;
  const isNew = session.status === undefined || (observedGeneration === undefined && phase === undefined);
  // When it was changed is not known: under an operator that leads it may have been just now.
  const isBehind = (observedGeneration ?? generation) < generation && !isLed(cluster);
  if (!isNew && !isBehind) return undefined;
  const object = refOf({ ...session, kind: "VDISession" });
  return {
    code: "SessionNotObserved",
    object,
    problem: isNew
      ? `${refText(object)} was created at ${creationTimestamp ?? ""}, and no operator has looked at it.`
      : `${refText(object)} was changed (generation ${generation}), and the operator has seen generation ${observedGeneration ?? 0} only.`,
    evidence: [{ object, field: "status.observedGeneration", value: String(observedGeneration ?? "(none)") }],
    fix: [
      {
        text: "Bring the VDI operator back; the session goes on by itself.",
        command: `kubectl logs --all-namespaces --selector control-plane=controller-manager --tail 50`,
        risk: "manual",
      },
    ],
    dependsOn: operatorBehind(cluster),
  };
}

function operatorBehind(cluster: Cluster): Dependency[] {
  const found = operatorDeployments(cluster).map(refOf);
  const leases = cluster.all("Lease").filter(({ metadata }) => metadata?.name === operatorName);
  const usual = { kind: "Deployment", namespace: "kasm-vdi-system", name: operatorName };
  return [
    ...(found.length > 0 ? found : [usual]),
    ...leases.map((it) => refOf({ ...it, kind: "Lease" })),
    { kind: "CustomResourceDefinition", name: "vdisessions.vdi.kasm.io" },
  ].map((object) => ({ object, because: `sessions need ${refText(object)}` }));
}
