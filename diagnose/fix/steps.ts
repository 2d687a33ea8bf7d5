import type { Finding } from "../../analyzers/finding.ts";
import { headOf, placedFindings, riskNote } from "../render/findings.ts";
import type { Report } from "../report.ts";
import { wordsOf } from "./words.ts";

/** A step of a fix that a program may take: it changes nothing that runs, and is one command. */
export interface SafeStep {
  readonly finding: Finding;
  readonly text: string;
  readonly command: string;
  readonly words: readonly [string, ...string[]];
}

const runnable = new Set(["kubectl", "helm"]);

/** Safe steps of a report, root causes first, each command once. */
export function safeSteps({ roots }: Report): SafeStep[] {
  const steps = placedFindings(roots).flatMap(({ finding }) =>
    finding.fix.flatMap(({ text, command, risk }): SafeStep[] => {
      if (risk !== "safe" || command === undefined) return [];
      const [program, ...rest] = wordsOf(command) ?? [];
      return program !== undefined && runnable.has(program)
        ? [{ finding, text, command, words: [program, ...rest] }]
        : [];
    }),
  );
  return [...new Map(steps.toReversed().map((it) => [it.command, it])).values()].toReversed();
}

/** All fixes as a script to read: safe commands as they are, everything else as comments. */
export function fixScript(report: Report): string {
  const blocks = report.roots.map(({ finding }) => {
    const steps = finding.fix.flatMap(({ text, command, risk }) => {
      if (command === undefined) return [`# ${text}`];
      return [`# ${text}${riskNote({ risk })}`, risk === "safe" ? command : commented(command)];
    });
    return [`# ${headOf(finding)}: ${finding.problem}`, ...steps].join("\n");
  });
  const followUps = placedFindings(report.roots).filter(({ cause }) => cause !== undefined).length;
  if (followUps > 0) blocks.push(`# ${followUps} more findings follow from these.`);
  return blocks.length === 0 ? "# Nothing to fix.\n" : `${blocks.join("\n\n")}\n`;
}

function commented(command: string): string {
  return command
    .split("\n")
    .map((line) => `#   ${line}`)
    .join("\n");
}
