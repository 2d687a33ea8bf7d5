import { cutAt } from "./event.ts";

/** `a, b and c`; of many the first, and how many more. */
export function listed(names: readonly string[], atMost = 5): string {
  const shown = names.length > atMost ? [...names.slice(0, atMost), `${names.length - atMost} more`] : names;
  return shown.length < 2 ? (shown[0] ?? "none") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1) ?? ""}`;
}

/** `1 node`, `3 nodes`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/**
 * What another component said, as a quotation: on one line, without what differs each time it is said (times, ids,
 * ports of its own side), without secrets, at most 300 bytes.
 */
export function quoted(text: string): string {
  const line = withoutSecrets(text.replace(ansi, "").replace(/\s+/g, " ").trim())
    .replace(times, "")
    .replace(/\b\d+(\.\d+){3}:\d+->/g, "")
    .replace(/\b[0-9a-f]{32,}\b/g, "...")
    .replace(/\s+/g, " ")
    .trim()
    .replace(/\.$/, "");
  return cutAt(line, 300);
}

/** The last line of a log that says something, as a quotation. */
export function lastLine(log: string | undefined): string | undefined {
  const lines = (log ?? "").replace(ansi, "").split("\n").map(quoted);
  return lines.findLast((it) => /[\p{L}\p{N}]/u.test(it));
}

// Colours in logs.
const ansi = /\u001b\[[0-9;]*[A-Za-z]/g;
const times = /\[?\b(\d{4}[-/]\d\d[-/]\d\d[T ])?\d\d:\d\d:\d\d([.,]\d+)?(Z|[+-]\d\d:?\d\d)?\]?/g;

/** Whatever looks like a password, a token or a key is replaced by `***`: better too much than too little. */
export function withoutSecrets(text: string): string {
  return text
    .replace(/\b(Bearer|Basic)\s+\S+/gi, "$1 ***")
    .replace(/(:\/\/[^\s/:@]*):[^\s/@]+@/g, "$1:***@")
    .replace(
      /([\w-]*(?:pass|pwd|_pw|secret|token|credential|key|auth)[\w-]*["']?(?:\s*[=:]\s*|\s+is\s+)["']?)[^\s"',;&]+/gi,
      "$1***",
    )
    .replace(/(--?[\w-]*(?:pass|pwd|secret|token|credential|key)[\w-]*\s+)(?![-=:])[^\s"']+/gi, "$1***")
    .replace(/(?<![\w/.:-])(?=[\w+=-]*\d)(?=[\w+=-]*[A-Za-z])[\w+=-]{24,}(?![\w/.:-])/g, "***");
}
