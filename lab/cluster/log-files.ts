import { closeSync, fstatSync, openSync, readSync, renameSync } from "node:fs";

/** Sets the log of the last run aside as `NAME.log.1`, in place of the one before: two runs are kept, no more. */
export function rotateLog(file: string): void {
  try {
    renameSync(file, `${file}.1`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

const tailBytes = 64 * 1024;

/** The last lines of a log, oldest first; none when there is no log. Reads the end of the file only. */
export function lastLines(file: string, count: number): string[] {
  const text = endOf(file);
  return text.split("\n").filter(Boolean).slice(-count);
}

function endOf(file: string): string {
  let descriptor: number;
  try {
    descriptor = openSync(file, "r");
  } catch {
    return "";
  }
  try {
    const { size } = fstatSync(descriptor);
    const buffer = Buffer.alloc(Math.min(size, tailBytes));
    const length = readSync(descriptor, buffer, 0, buffer.length, size - buffer.length);
    return buffer.toString("utf8", 0, length);
  } finally {
    closeSync(descriptor);
  }
}
