import { destination, pino } from "pino";
import type { Logger } from "pino";
import type { LogLevel } from "./environment.ts";

export type { Logger };

/**
 * JSON lines on standard output, one per thing that happened: `level`, `time`, `msg`, and `session` or `pool` with the key
 * of what it is about. What looks like a credential is taken out, should anybody ever log an object that holds one.
 */
export function newLogger(level: LogLevel, program: "operator" | "gateway", identity: string): Logger {
  return pino(
    {
      level,
      base: { [program]: identity },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: credentialPaths, censor: "[redacted]" },
    },
    // At once: what was said last before a crash is what one wants to read.
    destination({ dest: 1, sync: true }),
  );
}

const names = ["password", "token", "authorization", "Authorization", "cookie", "stringData", "data"];
const credentialPaths = names.flatMap((name) => [name, `*.${name}`]);
