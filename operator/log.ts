import { destination, pino } from "pino";
import type { Logger } from "pino";
import type { LogLevel } from "./environment.ts";

export type { Logger };

/**
 * JSON lines on standard output, one per thing that happened: `level`, `time`, `msg`, and `session` or `pool` with the key
 * of what it is about. What looks like a credential is taken out, should anybody ever log an object that holds one.
 */
export function newLogger(level: LogLevel, program: "operator" | "gateway" | "portal", identity: string): Logger {
  const rate = new LineRate(linesPerSecond, Date.now);
  return pino(
    {
      level,
      base: { [program]: identity },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: credentialPaths, censor: "[redacted]" },
      hooks: {
        logMethod(line, write) {
          const left = rate.admit();
          if (left === undefined) return;
          if (left > 0) write.apply(this, [`${left} lines were left out: more than ${linesPerSecond} in a second`]);
          write.apply(this, line);
        },
      },
    },
    // At once: what was said last before a crash is what one wants to read.
    destination({ dest: 1, sync: true }),
  );
}

// Written one by one, each keeps all else waiting; a log that somebody can fill hides what it is read for.
const linesPerSecond = 200;

/** Lets so many lines through in each second, and tells of how many were left out. */
export class LineRate {
  readonly #most: number;
  readonly #nowMs: () => number;
  #second = 0;
  #lines = 0;
  #leftOut = 0;

  constructor(most: number, nowMs: () => number) {
    this.#most = most;
    this.#nowMs = nowMs;
  }

  /** @returns how many lines before this one were left out; undefined: this one is left out as well */
  admit(): number | undefined {
    const second = Math.floor(this.#nowMs() / 1_000);
    if (second !== this.#second) [this.#second, this.#lines] = [second, 0];
    if (++this.#lines > this.#most) {
      this.#leftOut++;
      return undefined;
    }
    const leftOut = this.#leftOut;
    this.#leftOut = 0;
    return leftOut;
  }
}

const names = ["password", "token", "authorization", "Authorization", "cookie", "stringData", "data"];
const credentialPaths = names.flatMap((name) => [name, `*.${name}`]);
