import type { Code } from "../../analyzers/catalog.ts";
import { levelOf } from "../../analyzers/catalog.ts";
import { levels, refText } from "../../analyzers/finding.ts";
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

/** Codes that say of an object what others say more closely. */
const general: ReadonlySet<Code> = new Set<Code>(["WorkloadUnavailable"]);

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
  const above = (finding.dependsOn ?? []).flatMap(({ object, because, codes }) => {
    const key = refText(object);
    if (key === own) return [];
    // Also where nothing but its cause is known to be wrong: a Deployment whose pods a quota refuses.
    const there = [...(byObject.get(key) ?? []), ...(explained.get(key) ?? []).map(({ cause }) => cause)];
    const meant = there.filter((cause) => (codes ? codes.includes(cause.code) : rank(cause) <= rank(finding)));
    return meant.map((cause) => ({ cause, because }));
  });
  // A warning explains no failure, and nothing explains itself.
  const explaining = (explained.get(own) ?? []).filter(({ cause }) => rank(cause) <= rank(finding));
  const closer = general.has(finding.code) ? (byObject.get(own) ?? []).filter((it) => !general.has(it.code)) : [];
  const sameObject = closer.filter((it) => rank(it) <= rank(finding)).map((cause) => ({ cause, because: "the same" }));
  return [...sameObject, ...above, ...explaining].filter(({ cause }) => cause !== finding);
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
  const weights = new Map<Finding, number>();
  for (const them of causes.values())
    for (const cause of new Set(them.map(({ cause }) => cause))) weights.set(cause, (weights.get(cause) ?? 0) + 1);
  for (const finding of findings.toSorted((a, b) => (weights.get(a) ?? 0) - (weights.get(b) ?? 0))) {
    const cause = (causes.get(finding) ?? []).find((it) => !isAbove(it.cause, finding));
    if (cause) parents.set(finding, cause);
  }
  return parents;
}

function rank(finding: Finding): number {
  return levels.indexOf(levelOf(finding));
}

function worst(chain: Chain): number {
  return Math.min(...findingsIn(chain).map(rank));
}

/** Worst first, then those that explain most. */
export function byWeight(a: Chain, b: Chain): number {
  return (
    worst(a) - worst(b) ||
    findingsIn(b).length - findingsIn(a).length ||
    refText(a.finding.object).localeCompare(refText(b.finding.object))
  );
}
