import { levelOf } from "../analyzers/catalog.ts";
import { refText } from "../analyzers/finding.ts";
import type { Finding } from "../analyzers/finding.ts";
import { placedFindings } from "./render/findings.ts";
import type { Report } from "./report.ts";

/** What changed between two reports: a line for each finding that came or went. */
export function changesBetween(before: Report, after: Report): string[] {
  const [old, now] = [before, after].map(byKey);
  const came = [...(now ?? [])].filter(([key]) => !old?.has(key)).map(([, it]) => `+ ${lineOf(it)}`);
  const went = [...(old ?? [])].filter(([key]) => !now?.has(key)).map(([, it]) => `- ${lineOf(it)}`);
  return [...went, ...came];
}

/** What a watch needs of the world. */
export interface WatchHands {
  readonly diagnose: () => Promise<Report>;
  /** Resolves with false when the watch shall end. */
  readonly pause: () => Promise<boolean>;
  readonly say: (line: string) => void;
  readonly sentenceOf: (error: unknown) => string;
}

/** Diagnoses again and again, and tells what changed. An API server that does not answer for a while is told once. */
export async function watchReport(first: Report, hands: WatchHands): Promise<Report> {
  let last = first;
  let trouble = "";
  while (await hands.pause()) {
    try {
      const report = await hands.diagnose();
      const time = report.takenAt.slice(11, 19);
      for (const line of changesBetween(last, report)) hands.say(`${time} ${line}`);
      if (changesBetween(last, report).length > 0 && report.roots.length === 0)
        hands.say(`${time} Nothing is wrong any more.`);
      [last, trouble] = [report, ""];
    } catch (error) {
      const sentence = hands.sentenceOf(error);
      if (sentence !== trouble) hands.say(sentence);
      trouble = sentence;
    }
  }
  return last;
}

function byKey({ roots }: Report): Map<string, Finding> {
  return new Map(
    placedFindings(roots).map(({ finding }) => [
      `${finding.code} ${refText(finding.object)} ${finding.container ?? ""}`,
      finding,
    ]),
  );
}

function lineOf(finding: Finding): string {
  return `${levelOf(finding)} ${finding.code} ${refText(finding.object)}: ${finding.problem}`;
}
