import { conditionOf } from "../conditions.ts";
import { podRef } from "../containers/pod-facts.ts";
import type { Pod } from "../../kube/kinds.ts";
import type { AnyObject } from "../../kube/object.ts";
import { counted, quoted } from "../../kube/sentences.ts";
import type { Analyzer } from "../analyzer.ts";
import type { Cluster } from "../cluster.ts";
import { refOf, refText } from "../finding.ts";
import type { Dependency, Evidence, Finding, ObjectRef } from "../finding.ts";
import { podsOf } from "../workloads/workload.ts";
import { denialsIn } from "./denials.ts";
import type { Denial } from "./denials.ts";
import { gatewayDeployments, operatorDeployments } from "./deployments.ts";
import { restoredByStack } from "../stack-fix.ts";

interface Role extends AnyObject {
  rules?: { apiGroups?: string[]; resources?: string[]; verbs?: string[] }[];
}

interface Binding extends AnyObject {
  roleRef?: { kind?: string; name?: string };
  subjects?: { kind?: string; name?: string; namespace?: string }[];
}

/** Rights that operator and gateway were denied, by their logs and by what the operator wrote at sessions. */
export const operatorRights: Analyzer = {
  area: "operator",
  title: "VDI operator has its rights",
  needs: ["Pod"],
  analyze(cluster) {
    const deployments = [...operatorDeployments(cluster), ...gatewayDeployments(cluster)];
    const pods = deployments.flatMap((it) => podsOf(cluster, it));
    const said = [...pods.flatMap((pod) => ofLogs(cluster, pod)), ...ofSessions(cluster)];
    const unique = [...new Map(said.map((it) => [keyOf(it.denial), it])).values()];
    const byObject = Map.groupBy(unique, ({ denial }) => refText(roleOf(cluster, denial).object));
    const findings = [...byObject.values()].flatMap((them) => finding(cluster, them) ?? []);
    return { checked: pods.length > 0 ? counted(pods.length, "pod") : undefined, findings };
  },
};

interface Said {
  readonly denial: Denial;
  readonly evidence: Evidence;
}

function keyOf({ verb, resource, group, namespace }: Denial): string {
  return `${verb} ${resource} ${group} ${namespace ?? ""}`;
}

function ofLogs(cluster: Cluster, pod: Pod): Said[] {
  const object = podRef(pod);
  return cluster.snapshot.logs
    .filter((it) => it.pod === object.name && it.namespace === object.namespace)
    .flatMap(({ container, text }) =>
      denialsIn(text).map((denial) => {
        return { denial, evidence: { object, field: `log of container ${container}`, value: quoted(denial.text) } };
      }),
    );
}

function ofSessions(cluster: Cluster): Said[] {
  return cluster.all("VDISession").flatMap((it) => {
    const { conditions = [] } = (it["status"] ?? {}) as { conditions?: { type: string; message?: string }[] };
    const message = conditions.find(({ type }) => type === "Ready")?.message ?? "";
    return denialsIn(message)
      .filter(({ user }) => user.startsWith("system:serviceaccount:"))
      .map((denial) => {
        const evidence = { object: refOf(it), field: "status.conditions[Ready].message", value: quoted(denial.text) };
        return { denial, evidence };
      });
  });
}

function finding(cluster: Cluster, said: readonly Said[]): Finding | undefined {
  const [first] = said;
  if (!first) return undefined;
  const { object, why } = roleOf(cluster, first.denial);
  const { user } = first.denial;
  const rights = said.map(({ denial }) => rightText(denial));
  const where =
    first.denial.namespace === undefined ? "in the whole cluster" : `in namespace ${first.denial.namespace}`;
  const [, , namespace = "", account = ""] = user.split(":");
  return {
    code: "OperatorForbidden",
    object,
    problem: `ServiceAccount ${namespace}/${account} may not ${rights.join(", nor ")} ${where}: ${why}.`,
    evidence: said.slice(0, 3).map(({ evidence }) => evidence),
    fix: [
      restoredByStack("its rights"),
      {
        text: "See whether they are there.",
        command: `kubectl auth can-i ${first.denial.verb} ${resourceText(first.denial)} --as ${user}${first.denial.namespace === undefined ? "" : ` --namespace ${first.denial.namespace}`}`,
        risk: "manual",
      },
    ],
    explains: explained(cluster, said),
  };
}

function rightText({ verb, resource, group }: Denial): string {
  return `${verb} ${resource}${group === "" ? "" : ` (${group})`}`;
}

function resourceText({ resource, group }: Denial): string {
  const [name = "", sub] = resource.split("/");
  return `${name}${group === "" ? "" : `.${group}`}${sub === undefined ? "" : ` --subresource ${sub}`}`;
}

/** The role that would give the right, or the binding where the role has it, and what it lacks. */
function roleOf(cluster: Cluster, denial: Denial): { object: ObjectRef; why: string } {
  const [, , home = "", name = ""] = denial.user.split(":");
  const kind = denial.namespace === undefined ? "ClusterRole" : "Role";
  const scope = denial.namespace === undefined ? {} : { namespace: denial.namespace };
  const role: ObjectRef = { kind, ...scope, name };
  const binding: ObjectRef = { kind: `${kind}Binding`, ...scope, name };
  if (!cluster.isSeen(kind)) return { object: role, why: `${kind}s could not be read` };
  const found = cluster.find(role);
  if (!found) return { object: role, why: `${refText(role)} does not exist` };
  if (!allows(found, denial)) return { object: role, why: `${refText(role)} has no rule for it` };
  const bound = cluster
    .all(binding.kind)
    .some((it) => isBound(it, name, home) && it.metadata?.namespace === denial.namespace);
  if (cluster.isSeen(binding.kind) && !bound)
    return {
      object: binding,
      why: `${refText(role)} has the rule, and no ${binding.kind} gives it to the ServiceAccount`,
    };
  return {
    object: role,
    why: `${refText(role)} has the rule now, so that the right was missing earlier or another one is`,
  };
}

function allows({ rules = [] }: Role, { verb, resource, group }: Denial): boolean {
  const has = (list: readonly string[] = [], wanted: string) => list.includes(wanted) || list.includes("*");
  return rules.some((it) => has(it.verbs, verb) && has(it.resources, resource) && has(it.apiGroups, group));
}

function isBound({ roleRef, subjects = [] }: Binding, name: string, namespace: string): boolean {
  return roleRef?.name === name && subjects.some((it) => it.name === name && it.namespace === namespace);
}

/** What rests on the right: who asked, and sessions that were told so. */
function explained(cluster: Cluster, said: readonly Said[]): Dependency[] {
  const because = "it lacks a right";
  const users = new Set(said.map(({ denial }) => denial.user.split(":").at(-1)));
  const own = [...operatorDeployments(cluster), ...gatewayDeployments(cluster)].filter(({ metadata }) =>
    users.has(metadata.name),
  );
  const lease = said.some(({ denial }) => denial.resource === "leases")
    ? cluster.all("Lease").filter(({ metadata }) => users.has(metadata?.name))
    : [];
  // An operator that may not read sessions or make their parts leaves all of them as they are.
  const sessions = cluster.all("VDISession").filter((it) => conditionOf(it, "Ready")?.status !== "True");
  return [...own, ...lease, ...sessions].map((it) => ({ object: refOf(it), because }));
}
