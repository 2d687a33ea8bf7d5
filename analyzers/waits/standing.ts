import { podRef } from "../containers/pod-facts.ts";
import { isReady } from "../readiness.ts";
import type { Pod } from "../../kube/kinds.ts";
import { counted, listed } from "../../kube/sentences.ts";
import type { Cluster } from "../cluster.ts";
import { behindPods } from "../dependencies.ts";
import { refOf, refText } from "../finding.ts";
import type { Dependency, Finding, ObjectRef } from "../finding.ts";
import { podsBehind, readyEndpoints, selectorOf, serviceNamed } from "../network/service.ts";
import { changeOf } from "../workloads/controllers.ts";
import { workloadsMaking } from "../workloads/workload.ts";

/** How it stands with what is waited for. */
export interface Standing {
  /** `ready`: it takes requests, as far as can be told. */
  readonly is: "ready" | "not ready" | "missing" | "unknown";
  /** What follows `waits for X, and`: `Service kasm/kasm-db has no ready endpoint`. */
  readonly text: string;
  readonly behind: readonly Dependency[];
  /** Findings of its own that nobody else makes. */
  readonly findings: readonly Finding[];
  readonly pods: readonly Pod[];
  /** Since when it is ready; whoever asks for it every few seconds need not know of it yet. */
  readonly since?: string;
}

/** How it stands with a Service, on the given port of it. */
export function standingOf(cluster: Cluster, object: ObjectRef, port: number | undefined): Standing {
  const { namespace = "", name } = object;
  const title = refText(object);
  const service = serviceNamed(cluster, namespace, name);
  const itself = { object, because: `it asks ${title}` };
  const none = { behind: [itself], findings: [], pods: [] };
  if (!cluster.isSeen("Service")) return { ...none, is: "unknown", text: "Services could not be read" };
  if (!service) {
    const findings = [missing(cluster, object)];
    return { ...none, is: "missing", text: `${title} does not exist`, findings };
  }
  if (service.spec?.type === "ExternalName")
    return { ...none, is: "unknown", text: `${title} stands for a host outside` };
  const ports = service.spec?.ports ?? [];
  // A headless Service has no ports of its own: names lead to pods.
  if (port !== undefined && service.spec?.clusterIP !== "None" && !ports.some((it) => it.port === port)) {
    const found: Finding = {
      code: "ServicePortMissing",
      object,
      problem: `${title} has no port ${port}; it has ${listed(ports.map((it) => String(it.port)))}.`,
      evidence: [{ object, field: "spec.ports", value: ports.map((it) => it.port).join(", ") }],
      fix: [{ text: `Add port ${port} to ${title}, or correct the address that is asked for.`, risk: "manual" }],
    };
    return { ...none, is: "not ready", text: `${title} has no port ${port}`, findings: [found] };
  }
  const pods = podsBehind(cluster, service);
  const ready = readyEndpoints(cluster, service);
  if (ready === undefined) return { ...none, is: "unknown", text: `the endpoints of ${title} could not be read` };
  if (ready > 0)
    return {
      ...none,
      is: "ready",
      text: `${title} has ${counted(ready, "ready endpoint")}`,
      pods,
      ...readySince(pods),
    };
  const makers = makersOf(cluster, namespace, selectorOf(service));
  const behind = [itself, ...behindPods(cluster, pods), ...makers.behind];
  const which =
    pods.length > 0
      ? `: ${listed(pods.map((pod) => refText(podRef(pod))))} ${pods.length === 1 ? "is" : "are"} not ready`
      : ", and no pod is behind it";
  return { is: "not ready", text: `${title} has no ready endpoint${which}`, behind, findings: makers.findings, pods };
}

function readySince(pods: readonly Pod[]): { since?: string } {
  const times = pods.filter(isReady).flatMap(({ status }) => {
    return status?.conditions?.find(({ type }) => type === "Ready")?.lastTransitionTime ?? [];
  });
  const [since] = times.toSorted();
  return since === undefined ? {} : { since };
}

function missing(cluster: Cluster, object: ObjectRef): Finding {
  const { namespace = "", name } = object;
  const others = cluster
    .all("Service")
    .filter(({ metadata }) => metadata?.name === name)
    .map((it) => refText(refOf({ ...it, kind: "Service" })));
  const elsewhere =
    others.length > 0 ? ` There is ${listed(others)}: names without a namespace mean the pod's own.` : "";
  return {
    code: "ServiceMissing",
    object,
    problem: `${refText(object)} does not exist, and a pod waits for it.${elsewhere}`,
    evidence: [
      { object: { kind: "Namespace", name: namespace }, field: "Services", value: namesIn(cluster, namespace) },
    ],
    fix: [
      {
        text: `See whether the release that makes ${refText(object)} is complete, and in namespace ${namespace}; then run pulumi up.`,
        command: `helm list --all --namespace ${namespace}`,
        risk: "manual",
      },
    ],
  };
}

function namesIn(cluster: Cluster, namespace: string): string {
  const services = cluster.all("Service").filter(({ metadata }) => metadata?.namespace === namespace);
  return listed(
    services.map(({ metadata }) => metadata?.name ?? ""),
    10,
  );
}

/** What would make the pods of a Service that has none. */
function makersOf(
  cluster: Cluster,
  namespace: string,
  selector: Readonly<Record<string, string>> | undefined,
): { behind: Dependency[]; findings: Finding[] } {
  const makers = selector ? workloadsMaking(cluster, namespace, selector) : [];
  return {
    behind: makers.map((it) => ({ object: refOf(it), because: `${refText(refOf(it))} makes its pods` })),
    findings: makers.filter(({ spec }) => spec?.replicas === 0).map((it) => scaledToZero(cluster, refOf(it))),
  };
}

function scaledToZero(cluster: Cluster, object: ObjectRef): Finding {
  const { kind, namespace = "", name } = object;
  return {
    code: "WorkloadScaledToZero",
    object,
    problem: `${refText(object)} is scaled to 0, and others wait for its pods.`,
    evidence: [{ object, field: "spec.replicas", value: "0" }],
    fix: [
      changeOf(cluster, object, {
        text: "Scale it up.",
        command: `kubectl scale ${kind.toLowerCase()} ${name} --namespace ${namespace} --replicas 1`,
        risk: "safe",
      }),
    ],
  };
}
