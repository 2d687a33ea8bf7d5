import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";

/** Writes all or nothing, readable by the owner alone: an interrupted `up` leaves no half of a key behind. */
export function writePrivateFile(file: string, content: string): void {
  const draft = `${file}.${process.pid}.tmp`;
  writeFileSync(draft, content, { mode: 0o600 });
  renameSync(draft, file);
}

/** Rewrites only what differs, so that unchanged files keep their time and no component is restarted for them. */
export function keepPrivateFile(file: string, content: string): void {
  if (readIfThere(file) !== content) writePrivateFile(file, content);
}

export function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

export function makePrivateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
}
