import { closeSync, openSync, writeSync } from "node:fs";
import type { Readable } from "node:stream";

export type Stream = "stdout" | "stderr";

// A line without an end would be kept in memory; container runtimes cut there, too.
const longestLine = 16_384;

/** A container's log in the format of container runtimes: `TIME STREAM F TEXT`, or `P` for a part of a line. */
export class ContainerLog {
  readonly #file: number;
  readonly #rest = new Map<Stream, string>();
  #isClosed = false;

  constructor(path: string) {
    this.#file = openSync(path, "a", 0o600);
  }

  follow(stream: Stream, source: Readable): void {
    source.setEncoding("utf8");
    source.on("data", (text: string) => this.add(stream, text));
    source.on("error", () => undefined);
  }

  add(stream: Stream, text: string): void {
    if (this.#isClosed) return;
    const lines = `${this.#rest.get(stream) ?? ""}${text}`.split("\n");
    const rest = lines.pop() ?? "";
    for (const line of lines) this.#write(stream, "F", line);
    const isLong = rest.length >= longestLine;
    if (isLong) this.#write(stream, "P", rest);
    this.#rest.set(stream, isLong ? "" : rest);
  }

  close(): void {
    if (this.#isClosed) return;
    for (const [stream, rest] of this.#rest) if (rest !== "") this.#write(stream, "F", rest);
    this.#isClosed = true;
    closeSync(this.#file);
  }

  #write(stream: Stream, tag: "F" | "P", text: string): void {
    writeSync(this.#file, `${new Date().toISOString()} ${stream} ${tag} ${text}\n`);
  }
}

export interface LogLine {
  readonly time: string;
  /** With its end, where it has one. */
  readonly text: string;
}

export function parseLog(content: string): LogLine[] {
  return content.split("\n").flatMap((line) => {
    const [whole, time = "", tag, text = ""] = /^(\S+) std(?:out|err) ([FP]) (.*)$/.exec(line) ?? [];
    return whole === undefined ? [] : [{ time, text: tag === "F" ? `${text}\n` : text }];
  });
}

/** What a client of the kubelet asks of a log. */
export interface LogOptions {
  readonly tailLines?: number | undefined;
  readonly sinceMs?: number | undefined;
  readonly limitBytes?: number | undefined;
  readonly hasTimestamps: boolean;
}

export function selectLog(
  lines: readonly LogLine[],
  { tailLines, sinceMs, limitBytes, hasTimestamps }: LogOptions,
): string {
  const since = sinceMs === undefined ? lines : lines.filter(({ time }) => Date.parse(time) >= sinceMs);
  const last = tailLines === undefined ? since : since.slice(Math.max(0, since.length - tailLines));
  const text = last.map((line) => (hasTimestamps ? `${line.time} ${line.text}` : line.text)).join("");
  return limitBytes === undefined ? text : Buffer.from(text).subarray(0, limitBytes).toString();
}
