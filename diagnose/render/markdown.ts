import { areas } from "../../analyzers/areas.ts";
import { levelOf } from "../../analyzers/catalog.ts";
import { refText } from "../../analyzers/finding.ts";
import type { Chain } from "../graph/graph.ts";
import type { Report } from "../report.ts";
import { countsOf, riskNote, seenAt, titleOf, verdict } from "./findings.ts";
import { markdownCode, markdownText } from "./markup.ts";

/** For tickets and merge requests: root causes with evidence and fix, the rest folded. */
export function renderMarkdown(report: Report): string {
  const { roots, checks, unseen } = report;
  const blocks = [
    `## Diagnosis: ${verdict(report)}`,
    `${countsOf(report)}. ${markdownText(seenAt(report))}.`,
    ...roots.map((it, index) => rootBlock(it, index + 1)),
    folded("What was checked", [
      "| | check | what was looked at |",
      "| --- | --- | --- |",
      ...checks.map(({ area, title, result, detail }) => {
        const name = `${areas[area].title}: ${title}`;
        return `| ${result} | ${markdownText(name)} | ${markdownText(detail)} |`;
      }),
    ]),
    ...(unseen.length > 0
      ? [
          folded(
            "What could not be read",
            unseen.map(({ kind, reason }) => `- ${kind}: ${markdownText(reason)}`),
          ),
        ]
      : []),
  ];
  return `${blocks.join("\n\n")}\n`;
}

function rootBlock({ finding, symptoms }: Chain, number: number): string {
  const { code, object, container, problem, evidence, fix } = finding;
  const where = `${markdownCode(refText(object))}${container === undefined ? "" : `, container ${markdownCode(container)}`}`;
  return [
    `### ${number}. ${markdownText(titleOf(finding))} (${code}, ${levelOf(finding)})`,
    "",
    `${where}: ${markdownText(problem)}`,
    "",
    ...evidence.map(
      ({ object: at, field, value }) =>
        `- Evidence: ${markdownCode(refText(at))} ${markdownText(field)}: ${markdownCode(value)}`,
    ),
    ...fix.flatMap((it) => [
      `- Fix: ${markdownText(it.text)}${riskNote(it)}`,
      ...(it.command === undefined ? [] : ["", ...codeBlock(it.command, "  "), ""]),
    ]),
    ...(symptoms.length > 0 ? ["- What follows from it:", ...symptomLines(symptoms, "  ")] : []),
  ].join("\n");
}

function symptomLines(symptoms: readonly Chain[], indent: string): string[] {
  return symptoms.flatMap(({ finding, because, symptoms: further }) => [
    `${indent}- ${markdownCode(refText(finding.object))} ${finding.code}${because === undefined ? "" : `: ${markdownText(because)}`}`,
    ...symptomLines(further, `${indent}  `),
  ]);
}

function codeBlock(command: string, indent: string): string[] {
  const fence = command.includes("```") ? "````" : "```";
  return [`${fence}sh`, ...command.split("\n"), fence].map((line) => `${indent}${line}`);
}

function folded(title: string, lines: readonly string[]): string {
  return ["<details>", `<summary>${title}</summary>`, "", ...lines, "", "</details>"].join("\n");
}
