import { counts } from "./print.ts";
import { isEcho, messagesOf, stateOf, stepTree } from "./steps.ts";
import type { PreviewDocument, TreeStep } from "./steps.ts";

/** GitHub refuses comments of more than 65,536 characters. */
const mostCharacters = 64_000;

const cutNote = "\n\n**Cut here:** the rest is in the log of the run.\n";

export interface CommentSubject {
  stack: string;
  /** What was done: `preview`, `drift check` ... Together with the stack it tells a comment from others. */
  what: string;
  /** Address of the run, for who wants the whole log. */
  runUrl?: string | undefined;
}

/** Invisible first line by which a later run finds the comment or issue that it has to edit. */
export function marker({ stack, what }: Pick<CommentSubject, "stack" | "what">): string {
  return `<!-- kasm-vdi ${what}: ${stack} -->`;
}

/**
 * A preview as a comment for a pull request: what is replaced or deleted comes first, with its reasons, since that is what
 * loses data; then updates with the properties that change, creations, warnings. Never longer than GitHub takes.
 */
export function previewComment(document: PreviewDocument, subject: CommentSubject): string {
  const { stack, what, runUrl } = subject;
  const tree = stepTree(document.steps ?? []).filter(({ step }) => !["same", "read", "refresh"].includes(step.op));
  const errors = messagesOf(document, "error");
  const of = (...operations: string[]) => tree.filter(({ step }) => operations.includes(step.op));
  const lost = of("replace", "delete");
  const rest = tree.filter((item) => !lost.includes(item) && !["update", "create"].includes(item.step.op));
  const parts = [
    marker(subject),
    `### ${capital(what)} of \`${stack}\`: ${verdict(tree, errors)}`,
    section("Errors", errors.filter((message) => !isEcho(message)).map(quoted)),
    section("Replaced or deleted", lost.map(withReasons)),
    section("Updated", of("update").map(withProperties)),
    section("Created", of("create").map(line)),
    section(
      "Other steps",
      rest.map((item) => `${line(item)} (${item.step.op})`),
    ),
    section("Warnings", messagesOf(document, "warning").map(quoted)),
    runUrl === undefined ? "" : `[Log of the run](${runUrl})`,
  ];
  return shortened(parts.filter((part) => part !== "").join("\n\n"));
}

/** Cut from the end, at a line, with a note. */
export function shortened(text: string): string {
  if (text.length <= mostCharacters) return `${text}\n`;
  const kept = text.slice(0, mostCharacters - cutNote.length);
  return kept.slice(0, Math.max(kept.lastIndexOf("\n"), 0)) + cutNote;
}

function verdict(tree: readonly TreeStep[], errors: readonly string[]): string {
  if (errors.length > 0) return "failed";
  return tree.length === 0 ? "no changes" : counts(tree.map(({ step }) => step.op));
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? "" : `**${title}**\n\n${lines.map((text) => `- ${text}`).join("\n")}`;
}

function line({ step, name, type }: TreeStep): string {
  const { protect } = stateOf(step);
  return `${code(name)} ${type}${protect ? ", protected" : ""}`;
}

function withReasons(item: TreeStep): string {
  const { op, replaceReasons, detailedDiff } = item.step;
  const replacing = Object.entries(detailedDiff ?? {}).flatMap(([path, { kind }]) =>
    kind.endsWith("-replace") ? [path] : [],
  );
  const reasons = [...new Set([...(replaceReasons ?? []), ...replacing])].sort();
  return `**${op}** ${line(item)}${reasons.length > 0 ? `, because of ${reasons.map(code).join(", ")}` : ""}`;
}

function withProperties(item: TreeStep): string {
  const { detailedDiff, diffReasons } = item.step;
  const paths = detailedDiff ? Object.keys(detailedDiff) : (diffReasons ?? []);
  return paths.length > 0 ? `${line(item)}: ${[...paths].sort().map(code).join(", ")}` : line(item);
}

// What providers say may hold several lines and any characters.
function quoted(message: string): string {
  const [first = "", ...others] = message.split("\n");
  return others.length === 0 ? code(first) : `\n${fenced(message)}`;
}

function fenced(text: string): string {
  const fence = "`".repeat(Math.max(3, longestRun(text) + 1));
  return [fence, ...text.split("\n"), fence].map((row) => `  ${row}`).join("\n");
}

function code(text: string): string {
  const fence = "`".repeat(longestRun(text) + 1);
  return longestRun(text) === 0 ? `\`${text}\`` : `${fence} ${text} ${fence}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
