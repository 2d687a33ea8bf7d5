import type { WriteStream } from "node:tty";
import type { Progress } from "./collect/collect.ts";

/** Shows on a terminal what is being read, on one line; nothing elsewhere. */
export function progressOn(stream: WriteStream): { tell: Progress; end: () => void } {
  const isShown = stream.isTTY && process.env["TERM"] !== "dumb" && !process.env["CI"];
  const write = (text: string) => isShown && stream.write(`\r\u001b[K${text}`);
  return {
    tell: (done, of, what) => write(`Reading the cluster: ${done} of ${of} (${what})`),
    end: () => write(""),
  };
}
