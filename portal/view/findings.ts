import { runAnalyzer } from "../../analyzers/analyzer.ts";
import type { Analyzer } from "../../analyzers/analyzer.ts";
import { levelOf } from "../../analyzers/catalog.ts";
import { Cluster } from "../../analyzers/cluster.ts";
import { levels, refText } from "../../analyzers/finding.ts";
import { nodeAnalyzers } from "../../analyzers/nodes/all.ts";
import { templateChecks } from "../../analyzers/operator/templates.ts";
import { podScheduling } from "../../analyzers/scheduling/pod-scheduling.ts";
import { sessionStates } from "../../analyzers/sessions/session-states.ts";
import type { Snapshot } from "../../analyzers/snapshot.ts";
import type { KubeObject } from "../../kube/object.ts";
import type { Overview } from "../api/schemas.ts";

/** Those of the diagnosis that tell by sessions, their pods, templates and nodes alone. The rest needs more rights. */
const shown: readonly Analyzer[] = [templateChecks, sessionStates, podScheduling, ...nodeAnalyzers];

/**
 * What the analyzers of the diagnosis find, the worst first.
 *
 * @param objects all that is known, by kind
 */
export function findings(objects: Readonly<Record<string, Iterable<KubeObject>>>, now: Date): Overview["findings"] {
  const snapshot: Snapshot = {
    ...{ kind: "KasmVdiSnapshot", schemaVersion: 1, takenAt: now.toISOString(), logs: [], probes: [] },
    objects: Object.fromEntries(
      Object.entries(objects).map(([kind, some]) => [kind, { seen: [...some].map((it) => ({ ...it, kind })) }]),
    ),
  };
  const cluster = new Cluster(snapshot);
  return shown
    .flatMap((analyzer) => runAnalyzer(analyzer, cluster).findings)
    .map((finding) => ({
      code: finding.code,
      level: levelOf(finding),
      object: refText(finding.object),
      problem: finding.problem,
      fix: finding.fix.map(({ text, command }) => ({ text, ...(command !== undefined && { command }) })),
    }))
    .sort((a, b) => levels.indexOf(a.level) - levels.indexOf(b.level));
}
