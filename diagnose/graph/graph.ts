import { levelOf, levels, refText } from "../../analyzers/finding.ts";
import type { Finding } from "../../analyzers/finding.ts";

/** A finding with what follows from it. */
export interface Chain {
  readonly finding: Finding;
  /** Why it follows from the finding above; undefined at a root. */
  readonly because?: string;
  readonly symptoms: readonly Chain[];
}

/**
 * Links findings by what they say that they depend on: a finding at an object that another one depends on explains it. What
 * depends on nothing that is wrong is a root. Of a circle, the finding that most others follow from is taken for the root.
 *
 * @returns roots, worst first, then those that explain most; each finding once, below the nearest of its causes
 */
export function chains(findings: readonly Finding[]): Chain[] {
  const byObject = Map.groupBy(findings, ({ object }) => refText(object));
  const explained = explainedBy(findings);
  const causes = new Map(findings.map((it) => [it, causesOf(it, byObject, explained)]));
  const parents = parentsOf(findings, causes);
  const children = Map.groupBy(
    findings.filter((it) => parents.has(it)),
    (it) => parents.get(it)?.cause,
  );
  const chain = (finding: Finding): Chain => {
    const because = parents.get(finding)?.because;
    const symptoms = (children.get(finding) ?? []).map(chain).toSorted(byWeight);
    return { finding, ...(because !== undefined && { because }), symptoms };
  };
  return findings
    .filter((it) => !parents.has(it))
    .map(chain)
    .toSorted(byWeight);
}

/** All findings of a chain, its root first. */
export function findingsIn(chain: Chain): Finding[] {
  return [chain.finding, ...chain.symptoms.flatMap(findingsIn)];
}

interface Cause {
  readonly cause: Finding;
  readonly because: string;
}

function causesOf(
  finding: Finding,
  byObject: ReadonlyMap<string, readonly Finding[]>,
  explained: ReadonlyMap<string, readonly Cause[]>,
): Cause[] {
  const own = refText(finding.object);
  const above = (finding.dependsOn ?? []).flatMap(({ object, because }) => {
    const key = refText(object);
    if (key === own) return [];
    // Also where nothing but its cause is known to be wrong: a Deployment whose pods a quota refuses.
    const there = [...(byObject.get(key) ?? []), ...(explained.get(key) ?? []).map(({ cause }) => cause)];
    return there.map((cause) => ({ cause, because }));
  });
  // A warning explains no failure, and nothing explains itself.
  return [...above, ...(explained.get(own) ?? [])].filter(
    ({ cause }) => cause !== finding && rank(cause) <= rank(finding),
  );
}

/** What findings say of others, by the object of those. */
function explainedBy(findings: readonly Finding[]): ReadonlyMap<string, readonly Cause[]> {
  const found = findings.flatMap((cause) =>
    (cause.explains ?? []).map(({ object, because }) => ({ key: refText(object), cause, because })),
  );
  return Map.groupBy(found, ({ key }) => key);
}

/** The one cause below which each finding is shown, so that the whole is a forest. */
function parentsOf(
  findings: readonly Finding[],
  causes: ReadonlyMap<Finding, readonly Cause[]>,
): ReadonlyMap<Finding, Cause> {
  const parents = new Map<Finding, Cause>();
  const isAbove = (candidate: Finding, finding: Finding): boolean => {
    for (let at: Finding | undefined = candidate; at !== undefined; at = parents.get(at)?.cause)
      if (at === finding) return true;
    return false;
  };
  // Those that explain most are settled last: in a circle they stay without a cause.
  const explained = (finding: Finding) =>
    [...causes.values()].filter((them) => them.some(({ cause }) => cause === finding)).length;
  const weights = new Map(findings.map((it) => [it, explained(it)]));
  for (const finding of findings.toSorted((a, b) => (weights.get(a) ?? 0) - (weights.get(b) ?? 0))) {
    const cause = (causes.get(finding) ?? []).find((it) => !isAbove(it.cause, finding));
    if (cause) parents.set(finding, cause);
  }
  return parents;
}

function rank(finding: Finding): number {
  return levels.indexOf(levelOf(finding));
}

function byWeight(a: Chain, b: Chain): number {
  return (
    rank(a.finding) - rank(b.finding) ||
    findingsIn(b).length - findingsIn(a).length ||
    refText(a.finding.object).localeCompare(refText(b.finding.object))
  );
}
