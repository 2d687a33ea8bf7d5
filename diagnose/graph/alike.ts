import { refText } from "../../analyzers/finding.ts";
import type { Finding, Fix } from "../../analyzers/finding.ts";
import type { Scope } from "../../analyzers/workloads/scope.ts";
import { listed } from "../../kube/sentences.ts";
import { byWeight } from "./graph.ts";
import type { Chain } from "./graph.ts";

interface Member {
  readonly root: Chain;
  readonly scope: Scope;
}

/**
 * Makes one root of those that are the same fault at several objects with a scope in common: two pods of a Deployment with the
 * same wrong image. What follows from any of them follows from the one.
 */
export function withoutRepeats(roots: readonly Chain[], scopeOf: (finding: Finding) => Scope | undefined): Chain[] {
  const byFault = Map.groupBy(
    roots.map((root) => ({ root, scope: scopeOf(root.finding) })),
    ({ root, scope }) => (scope ? faultOf(root.finding, scope) : root),
  );
  return [...byFault.values()]
    .flatMap((them) => {
      const members = them.flatMap(({ root, scope }) => (scope ? [{ root, scope }] : []));
      const objects = new Set(members.map(({ root }) => refText(root.finding.object)));
      return objects.size > 1 ? [oneOf(members)] : them.map(({ root }) => root);
    })
    .toSorted(byWeight);
}

/** The same at each object with the same fault: without the object's own name. */
function faultOf({ code, object, container = "", problem }: Finding, scope: Scope): string {
  const said = scope.isCause ? "" : `${container} ${withoutName(problem, object.name)}`;
  return [code, refText(scope.object), said].join("\n");
}

function withoutName(text: string, name: string): string {
  return text.replaceAll(name, "...");
}

function oneOf(members: readonly Member[]): Chain {
  const [first] = members as readonly [Member, ...Member[]];
  const findings = members.map(({ root }) => root.finding);
  const { container } = first.root.finding;
  return {
    finding: {
      code: first.root.finding.code,
      object: first.scope.object,
      ...(container !== undefined && findings.every((it) => it.container === container) && { container }),
      problem: `${first.root.finding.problem} ${affected(members)}`,
      evidence:
        findings.length > 3
          ? findings.slice(0, 3).flatMap(({ evidence }) => evidence.slice(0, 1))
          : findings.flatMap(({ evidence }) => evidence),
      fix: fixesOf(findings),
      parts: findings,
    },
    symptoms: members.flatMap(({ root }) => root.symptoms),
  };
}

function affected(members: readonly Member[]): string {
  const [{ scope }] = members as readonly [Member, ...Member[]];
  const names = [...new Set(members.map(({ root }) => root.finding.object.name))];
  const count = scope.total === undefined ? String(names.length) : `${names.length} of ${scope.total}`;
  return `This affects ${count} ${scope.members}: ${listed(names)}.`;
}

/** What is looked at or changed once is told once; what has to be done at each object, for each. */
function fixesOf(findings: readonly Finding[]): Fix[] {
  const byKey = new Map<string, Fix>();
  for (const { object, fix } of findings)
    for (const it of fix) {
      const isForEach = it.command !== undefined && it.risk !== "safe";
      const text = `${it.text} ${it.command ?? ""}`;
      const key = isForEach ? text : withoutName(text, object.name);
      if (!byKey.has(key)) byKey.set(key, it);
    }
  return [...byKey.values()];
}
