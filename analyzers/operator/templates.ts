import type { AnyObject } from "../../kube/object.ts";
import { counted, listed, quoted } from "../../kube/sentences.ts";
import type { Analyzer } from "../analyzer.ts";
import type { Cluster } from "../cluster.ts";
import { refOf, refText } from "../finding.ts";
import type { Finding, ObjectRef } from "../finding.ts";

interface Used extends AnyObject {
  spec?: { template?: string };
  status?: { conditions?: Condition[] };
}

interface Condition {
  type: string;
  status?: string;
  reason?: string;
  message?: string;
}

/** Templates that the operator finds unusable, or that are named and not there, with what waits for them. */
export const templateChecks: Analyzer = {
  area: "sessions",
  title: "Templates can be used",
  needs: ["VDITemplate"],
  analyze(cluster) {
    const all = cluster.all("VDITemplate") as readonly Used[];
    const users = [...cluster.all("VDISession"), ...cluster.all("VDIPool")] as Used[];
    const findings = [...all.flatMap((it) => unusable(it, users) ?? []), ...absent(cluster, users)];
    return { checked: all.length + users.length > 0 ? counted(all.length, "template") : undefined, findings };
  },
};

function readyOf({ status }: Used): Condition | undefined {
  return status?.conditions?.find(({ type }) => type === "Ready");
}

function unusable(template: Used, users: readonly Used[]): Finding | undefined {
  const ready = readyOf(template);
  if (ready?.status !== "False") return undefined;
  const object = refOf({ ...template, kind: "VDITemplate" });
  const waiting = users.filter((it) => it.spec?.template === object.name && readyOf(it)?.status !== "True").map(refOf);
  const message = quoted(ready.message ?? ready.reason ?? "");
  return {
    code: "TemplateNotUsable",
    object,
    problem: `VDITemplate ${object.name} cannot be used: ${message}.${waitText(waiting)}`,
    evidence: [{ object, field: "status.conditions[Ready]", value: `${ready.reason ?? ""}: ${message}` }],
    fix: [
      {
        text: "Correct the named field; what waits for the template goes on by itself.",
        command: `kubectl edit vditemplate ${object.name}`,
        risk: "manual",
      },
    ],
    explains: waiting.map((it) => ({ object: it, because: `it is made from VDITemplate ${object.name}` })),
  };
}

/** By the users' own conditions: a part of a cluster may not have the templates in it. */
function absent(cluster: Cluster, users: readonly Used[]): Finding[] {
  const waiting = users.filter(
    (it) =>
      readyOf(it)?.reason === "TemplateMissing" &&
      it.spec?.template !== undefined &&
      cluster.isMissing("VDITemplate", it.spec.template),
  );
  const byName = Map.groupBy(waiting, (it) => it.spec?.template ?? "");
  const known = cluster.all("VDITemplate").map(({ metadata }) => metadata?.name ?? "");
  return [...byName].map(([name, them]) => {
    const object: ObjectRef = { kind: "VDITemplate", name };
    const users = them.map(refOf);
    return {
      code: "TemplateAbsent" as const,
      object,
      problem: `VDITemplate ${name} does not exist; there is ${listed(known)}.${waitText(users)}`,
      evidence: them.slice(0, 2).map((it) => ({ object: refOf(it), field: "spec.template", value: name })),
      fix: [
        {
          text: `Create VDITemplate ${name}, or delete what names it and create it with one that exists.`,
          command: "kubectl get vditemplates",
          risk: "manual" as const,
        },
      ],
      explains: users.map((it) => ({ object: it, because: `it is made from VDITemplate ${name}` })),
    };
  });
}

function waitText(waiting: readonly ObjectRef[]): string {
  if (waiting.length === 0) return "";
  return ` ${listed(waiting.map(refText))} ${waiting.length === 1 ? "waits" : "wait"} for it.`;
}
