import picocolors from "picocolors";
import type { ChecklistItem } from "../../analyzers/checklist/item.ts";
import { exitCodes } from "../report.ts";
import type { ExitCode } from "../report.ts";
import { marks } from "./marks.ts";
import type { RenderOptions } from "./render.ts";
import { wrapped } from "./wrap.ts";

/** A checklist with its problems below each line. */
export function renderChecklist(items: readonly ChecklistItem[], { color, width }: RenderOptions): string {
  const { green, yellow, red, cyan, dim } = picocolors.createColors(color);
  const paint = { pass: green, warn: yellow, fail: red, unknown: cyan, skip: dim };
  const lines = items.flatMap(({ title, result, detail, problems }) => [
    ...wrapped(`${title}${detail === "" ? "" : ` (${detail})`}`, width, `${paint[result](marks[result])} `, "  "),
    ...problems.flatMap((it) => wrapped(it, width, "    ", "    ")),
  ]);
  const count = (result: ChecklistItem["result"]) => items.filter((it) => it.result === result).length;
  const summary = `${count("pass")} passed, ${count("fail")} failed, ${count("warn")} warnings, ${count("unknown")} unknown`;
  return `${[...lines, "", `${summary}.`].join("\n")}\n`;
}

/** As a document for programs. */
export function checklistDocument(kind: string, items: readonly ChecklistItem[]): string {
  const document = { apiVersion: "kasm-vdi/v1", kind, exitCode: checklistExitCode(items), checks: items };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** As for a diagnosis. What nobody asked for counts for nothing, and nothing seen is not healthy. */
export function checklistExitCode(items: readonly ChecklistItem[]): ExitCode {
  const has = (result: ChecklistItem["result"]) => items.some((it) => it.result === result);
  if (has("fail")) return exitCodes.failures;
  if (has("unknown") || !has("pass")) return exitCodes.unseen;
  return has("warn") ? exitCodes.warnings : exitCodes.healthy;
}
