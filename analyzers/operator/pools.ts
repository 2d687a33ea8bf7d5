import { graceSeconds } from "../readiness.ts";
import type { AnyObject } from "../../kube/object.ts";
import { counted, quoted } from "../../kube/sentences.ts";
import type { Analyzer } from "../analyzer.ts";
import type { Cluster } from "../cluster.ts";
import { behindPods } from "../dependencies.ts";
import { refOf, refText } from "../finding.ts";
import type { Finding } from "../finding.ts";

interface Pool extends AnyObject {
  spec?: { template?: string };
  status?: {
    readyReplicas?: number;
    desiredReplicas?: number;
    selector?: string;
    conditions?: { type: string; status?: string; reason?: string; message?: string; lastTransitionTime?: string }[];
  };
}

/** As long as a template's desktops may take by default (progressDeadline). */
const fillSeconds = 600;

/** Pools that keep desktops ready, and have none. */
export const pools: Analyzer = {
  area: "sessions",
  title: "Pools have desktops ready",
  needs: ["VDIPool"],
  analyze(cluster) {
    const all = cluster.all("VDIPool") as readonly Pool[];
    const findings = all.flatMap((it) => finding(cluster, it) ?? []);
    return { checked: all.length > 0 ? counted(all.length, "pool") : undefined, findings };
  },
};

function finding(cluster: Cluster, pool: Pool): Finding | undefined {
  const { readyReplicas = 0, desiredReplicas = 0, selector = "", conditions = [] } = pool.status ?? {};
  const ready = conditions.find(({ type }) => type === "Ready");
  if (desiredReplicas === 0 || readyReplicas > 0 || ready?.status !== "False") return undefined;
  const patience = ready.reason === "Filling" || ready.reason === "Replacing" ? fillSeconds : graceSeconds;
  if (!cluster.isOlderThan(ready.lastTransitionTime, patience)) return undefined;
  const object = refOf({ ...pool, kind: "VDIPool" });
  const pods = cluster.podsMatching(object.namespace ?? "", labelsIn(selector)).filter(() => selector !== "");
  const message = quoted(ready.message ?? ready.reason ?? "");
  const template = { kind: "VDITemplate", name: pool.spec?.template ?? "" };
  return {
    code: "PoolNotFilled",
    object,
    problem: `${refText(object)} has 0 of ${desiredReplicas} desktops ready: ${message}. Sessions of VDITemplate ${template.name} start cold.`,
    evidence: [
      { object, field: "status.readyReplicas", value: `0, desired ${desiredReplicas}` },
      { object, field: "status.conditions[Ready]", value: `${ready.reason ?? ""}: ${message}` },
    ],
    fix: [
      {
        text: "Mend what its desktops lack.",
        command: `kubectl get pods --namespace ${object.namespace ?? ""} --selector '${selector}'`,
        risk: "manual",
      },
    ],
    dependsOn: [
      { object: template, because: `its desktops are made from VDITemplate ${template.name}` },
      ...behindPods(cluster, pods),
    ],
  };
}

/** The labels with a value of `vdi.kasm.io/pool=abc,!vdi.kasm.io/session`. */
function labelsIn(selector: string): Record<string, string> {
  const pairs = selector.split(",").map((it) => it.split("="));
  return Object.fromEntries(
    pairs.flatMap(([key, value]) => (key !== undefined && value !== undefined ? [[key, value]] : [])),
  );
}
