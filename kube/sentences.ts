import { withoutSecrets } from "./redaction.ts";
import { cutAt, untrusted } from "./untrusted-text.ts";

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
  return cutAt(sentenceOf(text), quotedBytes);
}

/** The same of what tells its cause at its end: where it is too long, its beginning is left out. */
export function quotedEnd(text: string): string {
  const bytes = Buffer.from(sentenceOf(text));
  if (bytes.length <= quotedBytes) return bytes.toString();
  let start = bytes.length - quotedBytes + ellipsis.length;
  // A character of UTF-8 that was cut in its middle.
  while (((bytes[start] ?? 0) & 0xc0) === 0x80) start++;
  return `${ellipsis}${bytes.subarray(start).toString()}`;
}

const quotedBytes = 300;
const ellipsis = "...";

function sentenceOf(text: string): string {
  const line = withoutSecrets(onOneLine(cutAt(text, mostReadBytes).replace(ansi, "")))
    .replace(times, "")
    .replace(ownAddress, "")
    .replace(/\b[0-9a-f]{32,}\b/g, "...");
  const sentence = onOneLine(line);
  return sentence.endsWith(".") ? sentence.slice(0, -1) : sentence;
}

/** The last line of a log that says something, as a quotation. */
export function lastLine(log: string | undefined): string | undefined {
  const line = untrusted(log ?? "")
    .replace(ansi, "")
    .split("\n")
    .findLast((it) => /[\p{L}\p{N}]/u.test(it));
  return line === undefined ? undefined : quoted(line);
}

// Of more nobody reads the rest.
const mostReadBytes = 4_096;

function onOneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

// Colours in logs.
const ansi = /\u001b\[[0-9;]*[A-Za-z]/g;
const times = /\[?\b(\d{4}[-/]\d\d[-/]\d\d[T ])?\d\d:\d\d:\d\d([.,]\d+)?(Z|[+-]\d\d:?\d\d)?\]?/g;
const ownAddress = /\b\d{1,3}(\.\d{1,3}){3}:\d{1,5}->/g;
