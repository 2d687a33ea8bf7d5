import { entryOf } from "../../analyzers/catalog.ts";
import { refText } from "../../analyzers/finding.ts";
import type { Finding, Fix } from "../../analyzers/finding.ts";
import { counted } from "../../kube/sentences.ts";
import type { Chain } from "../graph/graph.ts";
import type { Report } from "../report.ts";

/** One finding with its place in the chain of causes, for formats that list findings one after the other. */
export interface PlacedFinding {
  readonly finding: Finding;
  /** What it follows from; undefined for a root cause. */
  readonly cause?: Finding;
  readonly because?: string;
}

/** All findings, each root cause before what follows from it. */
export function placedFindings(chains: readonly Chain[], cause?: Finding): PlacedFinding[] {
  return chains.flatMap(({ finding, because, symptoms }) => [
    { finding, ...(cause && { cause }), ...(because !== undefined && { because }) },
    ...placedFindings(symptoms, finding),
  ]);
}

/** The verdict in a few words: `2 root causes`. */
export function verdict({ summary, roots }: Report): string {
  const { failures, warnings, unknown } = summary;
  if (failures + warnings > 0) return roots.length === 1 ? "1 root cause" : `${roots.length} root causes`;
  return unknown > 0 ? "Nothing wrong was found, but not everything could be seen" : "Nothing wrong was found";
}

export function countsOf({ summary }: Report): string {
  const { failures, warnings, unknown, passed } = summary;
  const wrong = [counted(failures, "failure"), counted(warnings, "warning"), `${unknown} unknown`];
  return `${wrong.join(", ")}, ${counted(passed, "check")} passed`;
}

/** `ImageNotFound at Pod kasm/x (container api)` */
export function headOf({ code, object, container }: Finding): string {
  return `${code} at ${refText(object)}${container === undefined ? "" : ` (container ${container})`}`;
}

/** What a step of a fix costs, where it costs anything. */
export function riskNote({ risk }: Pick<Fix, "risk">): string {
  const notes = { safe: "", manual: "", restart: " (restarts pods)", "data-loss": " (data is lost)" } as const;
  return notes[risk];
}

/** A finding as lines of plain text, for formats that have none of their own. */
export function plainLines({ finding, cause, because }: PlacedFinding): string[] {
  const { problem, evidence, fix } = finding;
  return [
    `${headOf(finding)}: ${problem}`,
    ...(cause ? [`follows from ${headOf(cause)}${because === undefined ? "" : `: ${because}`}`] : []),
    ...evidence.map(({ object, field, value }) => `evidence: ${refText(object)} ${field}: ${value}`),
    ...fix.flatMap((it) => [
      `fix: ${it.text}${riskNote(it)}`,
      ...(it.command === undefined ? [] : [`  $ ${it.command}`]),
    ]),
  ];
}

export function titleOf({ code }: Finding): string {
  return entryOf(code).title;
}

/** `Kubernetes v1.35.4+k3s1, seen at 2026-11-28T20:50:00Z` */
export function seenAt({ takenAt, serverVersion }: Report): string {
  return serverVersion === undefined ? `Seen at ${takenAt}` : `Kubernetes ${serverVersion}, seen at ${takenAt}`;
}
