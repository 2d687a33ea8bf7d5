import type { Finding } from "./findings.ts";

/** What was found and what is, or would be, done about it: a line each, then what is left to the reader. */
export function renderFindings(stack: string, findings: readonly Finding[]): string {
  if (findings.length === 0) return `Stack ${stack}: nothing was left behind by an interrupted run.`;
  const done = findings.filter(({ commands }) => !commands);
  const left = findings.filter(({ commands }) => commands);
  return [
    ...(done.length > 0 ? [`Stack ${stack}: left behind by an interrupted run`, ...done.map(line)] : []),
    ...(left.length > 0
      ? [
          `Stack ${stack}: for you to decide`,
          ...left.flatMap((finding) => [
            line(finding),
            ...(finding.commands ?? []).map((command) => `      ${command}`),
          ]),
        ]
      : []),
  ].join("\n");
}

function line({ object, found, does }: Finding): string {
  return `  ${object}: ${found} -> ${does}`;
}
