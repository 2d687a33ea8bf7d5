import Table from "cli-table3";
import pc from "picocolors";
import { highlights } from "./golden.ts";
import type { OfflinePreview } from "./offline-engine.ts";
import { isEcho, messagesOf, stateOf, stepTree } from "./steps.ts";

/** The preview for a person: the tree of components with what happens to each, then warnings and notes. */
export function renderPreview({ stack, document, seconds, notes }: OfflinePreview): string {
  const table = new Table({ head: ["resource", "type", "step", ""], style: { head: [], border: [], compact: true } });
  const tree = stepTree(document.steps ?? []);
  for (const { step, name, type, depth } of tree)
    table.push([`${"  ".repeat(depth)}${name}`, type, step.op, highlights(stateOf(step)).join(" ")]);
  const warnings = messagesOf(document, "warning").filter((message) => !isAboutNowhere(message));
  return [
    table.toString(),
    ...warnings.map((warning) => pc.yellow(`warning: ${warning}`)),
    ...notes,
    `${stack}: ${counts(tree.map(({ step }) => step.op))}; previewed in ${seconds.toFixed(1)} s, without cluster and with an empty state.`,
  ].join("\n");
}

/** The failed preview for a person: the program's own words. */
export function renderFailure({ stack, document }: OfflinePreview): string {
  const errors = messagesOf(document, "error").filter((message) => !isEcho(message));
  return [`${stack}: the preview failed.`, ...(errors.length > 0 ? errors : ["The engine gave no reason."])].join("\n");
}

/** `25 to create, 2 to delete`. */
export function counts(operations: readonly string[]): string {
  const byOperation = [...Map.groupBy(operations, (operation) => operation)];
  return byOperation.map(([operation, all]) => `${all.length} to ${operation}`).join(", ") || "nothing to do";
}

// Expected: the kubeconfig of the preview leads nowhere.
function isAboutNowhere(message: string): boolean {
  return message.includes("https://127.0.0.1:1");
}
