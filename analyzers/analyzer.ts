import type { Area } from "./areas.ts";
import type { Cluster } from "./cluster.ts";
import { levelOf } from "./catalog.ts";
import type { Finding } from "./finding.ts";

/** Looks at one thing throughout a cluster. */
export interface Analyzer {
  readonly area: Area;
  /** What holds when it finds nothing: `Pods have a node`. */
  readonly title: string;
  /** Kinds without which it can tell nothing. */
  readonly needs: readonly string[];
  readonly analyze: (cluster: Cluster) => Outcome;
}

export interface Outcome {
  /** What was looked at: `12 pods`. Undefined where there was nothing to look at. */
  readonly checked: string | undefined;
  readonly findings: readonly Finding[];
}

/** What became of one analyzer. What could not be read is `unknown`, and what is not there is `skip`: neither passes. */
export interface CheckResult {
  readonly area: Area;
  readonly title: string;
  readonly result: "pass" | "fail" | "warn" | "unknown" | "skip";
  /** What was looked at, or why nothing could be told. */
  readonly detail: string;
  readonly findings: readonly Finding[];
}

export function runAnalyzer({ area, title, needs, analyze }: Analyzer, cluster: Cluster): CheckResult {
  const unseen = needs.filter((kind) => cluster.unseen(kind) !== undefined);
  if (unseen.length > 0)
    return { area, title, result: "unknown", detail: `could not read ${unseen.join(", ")}`, findings: [] };
  const { checked, findings } = analyze(cluster);
  const detail = checked ?? "there are none";
  const worst = ["failure", "warning", "unknown"].find((level) => findings.some((it) => levelOf(it) === level));
  const results = { failure: "fail", warning: "warn", unknown: "unknown" } as const;
  if (worst !== undefined) return { area, title, result: results[worst as keyof typeof results], detail, findings };
  return { area, title, result: checked === undefined ? "skip" : "pass", detail, findings };
}
