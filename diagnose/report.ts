import { runAnalyzer } from "../analyzers/analyzer.ts";
import type { Analyzer, CheckResult } from "../analyzers/analyzer.ts";
import { areas } from "../analyzers/areas.ts";
import type { Area } from "../analyzers/areas.ts";
import { runLogs } from "../analyzers/runs/runs.ts";
import type { Cluster } from "../analyzers/cluster.ts";
import { levelOf } from "../analyzers/catalog.ts";
import { refText } from "../analyzers/finding.ts";
import type { Finding } from "../analyzers/finding.ts";
import { scopeOf } from "../analyzers/workloads/scope.ts";
import { withoutRepeats } from "./graph/alike.ts";
import { chains, findingsIn } from "./graph/graph.ts";
import type { Chain } from "./graph/graph.ts";
import { everything, selected } from "./selection.ts";
import type { Selection } from "./selection.ts";

/** What a run found: what every renderer shows. */
export interface Report {
  readonly takenAt: string;
  readonly serverVersion: string | undefined;
  /** In the order of areas. */
  readonly checks: readonly CheckResult[];
  /** Root causes with what follows from them. */
  readonly roots: readonly Chain[];
  /** What could not be read, and why. */
  readonly unseen: readonly Unseen[];
  readonly summary: Summary;
}

export interface Unseen {
  readonly kind: string;
  readonly reason: string;
}

export interface Summary {
  readonly failures: number;
  readonly warnings: number;
  readonly unknown: number;
  readonly passed: number;
  /** Findings that were left out because somebody asked for it. */
  readonly suppressed: number;
  readonly exitCode: ExitCode;
}

/** Exit codes, the same in every format. */
export const exitCodes = { healthy: 0, ownError: 1, usage: 2, failures: 3, warnings: 4, unseen: 5 } as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Runs analyzers over a cluster and links what they find. */
export function reportOn(cluster: Cluster, analyzers: readonly Analyzer[], selection: Selection = everything): Report {
  const order = Object.keys(areas) as Area[];
  let suppressed = 0;
  const checks = selected(worthRunning(analyzers, cluster), selection, () => suppressed++)
    .map((it) => runAnalyzer(it, cluster))
    .map((it) => ({ ...it, findings: it.findings.toSorted(byName) }))
    .toSorted((a, b) => order.indexOf(a.area) - order.indexOf(b.area));
  const all = checks.flatMap(({ findings }) => findings);
  const roots = withoutRepeats(chains(all), (it) => scopeOf(cluster, it));
  const unseen = Object.keys(cluster.snapshot.objects).flatMap((kind) => {
    const reason = cluster.unseen(kind);
    return reason === undefined ? [] : [{ kind, reason }];
  });
  const { takenAt, server } = cluster.snapshot;
  return {
    takenAt,
    serverVersion: server?.version,
    checks,
    roots,
    unseen,
    summary: summaryOf(checks, roots, suppressed),
  };
}

/** Where a log is all that was given, checks that need objects would only say that there are none. */
function worthRunning(analyzers: readonly Analyzer[], { snapshot }: Cluster): readonly Analyzer[] {
  const isLogAlone = snapshot.runs !== undefined && Object.keys(snapshot.objects).length === 0;
  return isLogAlone ? analyzers.filter((it) => it === runLogs) : analyzers;
}

export function summaryOf(checks: readonly CheckResult[], roots: readonly Chain[], suppressed: number): Summary {
  const findings = roots.flatMap(findingsIn);
  const count = (level: string) => findings.filter((it) => levelOf(it) === level).length;
  const [failures, warnings] = [count("failure"), count("warning")];
  const unknown = count("unknown") + checks.filter((it) => it.result === "unknown" && it.findings.length === 0).length;
  const passed = checks.filter(({ result }) => result === "pass").length;
  // Nothing read is never healthy.
  const isBlind = unknown > 0 || (passed === 0 && warnings === 0);
  const exitCode =
    failures > 0
      ? exitCodes.failures
      : isBlind
        ? exitCodes.unseen
        : warnings > 0
          ? exitCodes.warnings
          : exitCodes.healthy;
  return { failures, warnings, unknown, passed, suppressed, exitCode };
}

/** A report that says how bad it has to be for an exit code other than 0. */
export function failingOn(report: Report, threshold: "warn" | "fail"): Report {
  const { summary } = report;
  if (threshold === "warn" || summary.exitCode !== exitCodes.warnings) return report;
  return { ...report, summary: { ...summary, exitCode: exitCodes.healthy } };
}

/** The API server lists objects in an order of its own; a report has always the same. */
function byName(a: Finding, b: Finding): number {
  const keyOf = ({ code, object, container = "", problem }: Finding) =>
    [refText(object), code, container, problem].join("\n");
  return keyOf(a) < keyOf(b) ? -1 : 1;
}
