import { graceSeconds } from "../readiness.ts";
import { counted } from "../../kube/sentences.ts";
import type { AnyObject } from "../../kube/object.ts";
import type { Analyzer } from "../analyzer.ts";
import { sessions } from "../catalog/sessions.ts";
import { entryOf } from "../catalog.ts";
import type { Code } from "../catalog.ts";
import type { Cluster } from "../cluster.ts";
import { refOf, refText } from "../finding.ts";
import type { Dependency, Evidence, Finding, Fix } from "../finding.ts";
import { operatorBehind } from "../operator/behind.ts";
import { refusalVerdict } from "./refusals.ts";
import { fixOf } from "../verdict.ts";

/** Sessions that are meant to run. */
export const sessionStates: Analyzer = {
  area: "sessions",
  title: "Sessions are ready",
  needs: ["VDISession"],
  analyze(cluster) {
    const all = cluster.all("VDISession") as readonly Session[];
    return {
      checked: all.length > 0 ? counted(all.length, "session") : undefined,
      findings: all.flatMap((it) => sessionFinding(cluster, it) ?? []),
    };
  },
};

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

interface Session extends AnyObject {
  spec?: { template?: string; desiredState?: string };
  status?: {
    observedGeneration?: number;
    conditions?: Condition[];
    podName?: string;
    nodeName?: string;
    homeClaimName?: string;
  };
}

// Steps of a start, which the operator gives up waiting for only after the template's progressDeadline (10 min by default).
const steps = new Set(["Creating", "Scheduling", "PullingImage", "Starting", "HomeProvisioning", "Replacing"]);
const longStartSeconds = 600;

function sessionFinding(cluster: Cluster, session: Session): Finding | undefined {
  const { metadata = {}, spec, status } = session;
  if (metadata.deletionTimestamp !== undefined || spec?.desiredState === "Suspended") return undefined;
  const ready = status?.conditions?.find(({ type }) => type === "Ready");
  const isBehind = (status?.observedGeneration ?? 0) < (metadata.generation ?? 0);
  if (!ready || isBehind)
    return cluster.isOlderThan(metadata.creationTimestamp, graceSeconds) ? notObserved(cluster, session) : undefined;
  if (ready.status === "True") return undefined;
  const finding = notReady(cluster, session, ready);
  return refusals.has(finding.code) || !goesOn(cluster, session, ready) ? finding : undefined;
}

/** Whether it has only just come to this, or is on its way. */
function goesOn(cluster: Cluster, { metadata, status }: Session, ready: Condition): boolean {
  const isStalled = status?.conditions?.some(({ type, status: is }) => type === "Stalled" && is === "True") === true;
  const since = ready.lastTransitionTime ?? metadata?.creationTimestamp;
  if (isStalled) return false;
  return !cluster.isOlderThan(since, steps.has(ready.reason ?? "") ? longStartSeconds : graceSeconds);
}

function notReady(cluster: Cluster, session: Session, ready: Condition): Finding {
  const object = refOf({ ...session, kind: "VDISession" });
  const { reason = "", message = "" } = ready;
  const evidence: Evidence[] = [{ object, field: "status.conditions[Ready]", value: `${reason}: ${message}` }];
  const dependsOn = dependenciesOf(cluster, session);
  const refused = refusalVerdict(message, {
    what: "the session",
    ...(object.namespace !== undefined && { namespace: object.namespace }),
  });
  if (refused)
    return { code: refused.code, object, problem: refused.problem, evidence, fix: fixOf(refused), dependsOn };
  const code: Code = isOwnReason(reason) ? reason : "SessionNotReady";
  const text = code === "SessionNotReady" ? "The session" : `${entryOf(code).fix} The session`;
  const fix: Fix = { text: `${text} goes on by itself when that is changed.`, risk: "manual" };
  return {
    code,
    object,
    problem: `${refText(object)} is not ready (${reason}): ${message}`,
    evidence,
    fix: [fix],
    dependsOn,
  };
}

/** What nobody but a person changes. */
const refusals = new Set<Code>([
  ...(["TemplateInvalid", "TemplateMissing", "NotAllowed", "ResourcesExceeded", "RouteKindMissing"] as const),
  ...(["QuotaExceeded", "LimitRangeExceeded", "PodSecurityRefused", "RuntimeClassMissing"] as const),
  ...(["WebhookDenied", "PolicyDenied", "WriteForbidden", "WriteInvalid"] as const),
]);

/** Reasons of Ready that are about nothing but the session. */
function isOwnReason(reason: string): reason is keyof typeof sessions {
  return Object.hasOwn(sessions, reason);
}

function notObserved(cluster: Cluster, session: Session): Finding {
  const object = refOf({ ...session, kind: "VDISession" });
  const { generation = 0 } = session.metadata ?? {};
  const { observedGeneration } = session.status ?? {};
  return {
    code: "SessionNotObserved",
    object,
    problem:
      observedGeneration === undefined
        ? `The operator has not looked at ${refText(object)}: it has no status.`
        : `The operator has not looked at ${refText(object)} since it was changed: it knows generation ${observedGeneration} of ${generation}.`,
    evidence: [{ object, field: "status.observedGeneration", value: String(observedGeneration ?? "none") }],
    fix: [{ text: "See that Deployment kasm-operator runs, and what its log says.", risk: "manual" }],
    dependsOn: operatorBehind(cluster),
  };
}

function dependenciesOf(cluster: Cluster, { metadata, spec, status }: Session): Dependency[] {
  const { namespace = "", name = "" } = metadata ?? {};
  const pods = cluster.pods.filter(
    (it) =>
      it.metadata.namespace === namespace &&
      (it.metadata.name === status?.podName || it.metadata.annotations?.["vdi.kasm.io/session-name"] === name),
  );
  return [
    ...pods.map((it) => ({
      object: { kind: "Pod", namespace, name: it.metadata.name },
      because: `its desktop is Pod ${it.metadata.name}`,
    })),
    ...(status?.homeClaimName === undefined
      ? []
      : [
          {
            object: { kind: "PersistentVolumeClaim", namespace, name: status.homeClaimName },
            because: `its home is claim ${status.homeClaimName}`,
          },
        ]),
    ...(spec?.template === undefined
      ? []
      : [
          {
            object: { kind: "VDITemplate", name: spec.template },
            because: `it is made from VDITemplate ${spec.template}`,
          },
        ]),
    ...(status?.nodeName === undefined
      ? []
      : [{ object: { kind: "Node", name: status.nodeName }, because: `its desktop is on Node ${status.nodeName}` }]),
    ...operators(cluster),
  ];
}

function operators(cluster: Cluster): Dependency[] {
  return cluster
    .all("Deployment")
    .filter(({ metadata }) => metadata?.name === "kasm-operator")
    .map((it) => ({
      object: refOf({ ...it, kind: "Deployment" }),
      because: "the operator makes desktops and writes the status of sessions",
    }));
}
