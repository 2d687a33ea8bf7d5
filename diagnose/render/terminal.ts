import picocolors from "picocolors";
import { areas } from "../../analyzers/areas.ts";
import type { CheckResult } from "../../analyzers/analyzer.ts";
import { entryOf, levelOf } from "../../analyzers/catalog.ts";
import { refText } from "../../analyzers/finding.ts";
import type { Finding } from "../../analyzers/finding.ts";
import { findingsIn } from "../graph/graph.ts";
import type { Chain } from "../graph/graph.ts";
import type { Report, Unseen } from "../report.ts";
import { countsOf, riskNote, seenAt, verdict } from "./findings.ts";
import type { RenderOptions } from "./render.ts";
import { marks } from "./marks.ts";
import { wrapped } from "./wrap.ts";

type Colors = ReturnType<typeof picocolors.createColors>;
const mostSymptoms = 6;

/** Root causes first, then what was checked, area by area. */
export function renderTable(report: Report, options: RenderOptions): string {
  const colors = picocolors.createColors(options.color);
  const paint = painter(colors);
  const blocks = [
    ...report.roots.map((it, index) => rootBlock(it, index + 1, paint, options.width)),
    checkLines(report.checks, paint, options.width).join("\n"),
    ...(report.unseen.length > 0 ? [unseenBlock(report.unseen, options.width)] : []),
    wrapped(summaryLine(report), options.width, "").join("\n"),
  ];
  return `${blocks.join("\n\n")}\n`;
}

/** A line per root cause: for chats, and for many clusters. */
export function renderShort(report: Report, options: RenderOptions): string {
  const paint = painter(picocolors.createColors(options.color));
  const lines = report.roots.map((root) => {
    const others = findingsIn(root).length - 1;
    const { finding } = root;
    const more = others > 0 ? ` (+${others} that follow from it)` : "";
    return `${paint(levelMark(finding))} ${finding.code} ${refText(finding.object)}: ${finding.problem}${more}`;
  });
  return `${[...lines, summaryLine(report)].join("\n")}\n`;
}

type Mark = keyof typeof marks;
type Paint = (mark: Mark) => string;

function painter({ green, yellow, red, cyan, dim }: Colors): Paint {
  const colors = { pass: green, warn: yellow, fail: red, unknown: cyan, skip: dim };
  return (mark) => colors[mark](marks[mark]);
}

function levelMark(finding: Finding): Mark {
  return ({ failure: "fail", warning: "warn", unknown: "unknown" } as const)[levelOf(finding)];
}

function rootBlock(root: Chain, number: number, paint: Paint, width: number): string {
  const { finding, symptoms } = root;
  const { title } = entryOf(finding.code);
  const inside = (text: string, lead = "    ") => wrapped(text, width, lead);
  return [
    ...wrapped(`${title} [${finding.code}]`, width, `${paint(levelMark(finding))} ${number}. `, "     "),
    ...inside(finding.problem),
    ...finding.evidence.flatMap(({ object, field, value }) =>
      wrapped(`${refText(object)} ${field}: ${value}`, width, "    evidence: ", "      "),
    ),
    ...finding.fix.flatMap(({ text, command, risk }) => [
      ...wrapped(`${text}${riskNote({ risk })}`, width, "    fix: ", "      "),
      ...(command === undefined ? [] : [`      $ ${command}`]),
    ]),
    ...(symptoms.length > 0 ? ["    what follows from it:", ...symptomLines(symptoms, paint, width, "      ")] : []),
    `    more: kasm-vdi explain ${finding.code}`,
  ].join("\n");
}

function symptomLines(symptoms: readonly Chain[], paint: Paint, width: number, lead: string): string[] {
  const shown = symptoms.slice(0, mostSymptoms);
  const rest = symptoms.slice(mostSymptoms).flatMap(findingsIn).length;
  return [
    ...shown.flatMap(({ finding, because, symptoms: further }) => [
      ...wrapped(
        `${refText(finding.object)} [${finding.code}]${because === undefined ? "" : `: ${because}`}`,
        width,
        `${lead}${paint(levelMark(finding))} `,
        `${lead}  `,
      ),
      ...symptomLines(further, paint, width, `${lead}  `),
    ]),
    ...(rest > 0 ? [`${lead}and ${rest} more`] : []),
  ];
}

function checkLines(checks: readonly CheckResult[], paint: Paint, width: number): string[] {
  const byArea = Map.groupBy(checks, ({ area }) => area);
  return [...byArea].flatMap(([area, them]) => [
    `${areas[area].layer}: ${areas[area].title}`,
    ...them.flatMap(({ title, result, detail, findings }) => {
      const count = findings.length > 0 ? `${findings.length} found, ` : "";
      return wrapped(`${title} (${count}${detail})`, width, `  ${paint(result)} `, "    ");
    }),
  ]);
}

function unseenBlock(unseen: readonly Unseen[], width: number): string {
  const reasons = [...Map.groupBy(unseen, ({ reason }) => reason)];
  const lines = reasons.map(([reason, them]) => `${them.map(({ kind }) => kind).join(", ")}: ${reason}`);
  return ["Could not be read:", ...lines.flatMap((it) => wrapped(it, width, "  ? ", "    "))].join("\n");
}

function summaryLine(report: Report): string {
  const { suppressed } = report.summary;
  return `${verdict(report)}. ${countsOf(report)}${suppressed > 0 ? `, ${suppressed} suppressed` : ""}. ${seenAt(report)}.`;
}
