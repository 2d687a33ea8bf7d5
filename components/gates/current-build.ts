import { spawnSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";

/** A file that a script of this project makes from sources. All paths are relative to the project's root. */
export interface Build {
  readonly file: string;
  /** Files, and folders with all that is in them. */
  readonly sources: readonly string[];
  readonly script: string;
  /** What to do when it fails, as sentences. */
  readonly otherwise: string;
}

/**
 * Path of the file, built first when there is none or when a source is newer: packages run no scripts at their installation,
 * and what was built yesterday must not be used unnoticed. That takes a second.
 *
 * @param root folder of the project
 * @throws RunError that says why it cannot be built, and what to do instead
 */
export function currentBuild({ file, sources, script, otherwise }: Build, root: string): string {
  const path = join(root, file);
  const newest = Math.max(...sources.map((source) => newestChange(join(root, source))));
  if ((changed(path) ?? 0) >= newest) return path;
  const { status, stderr, error } = spawnSync(process.execPath, [script], { cwd: root, encoding: "utf8" });
  if (status === 0) return path;
  throw new pulumi.RunError(`${file} cannot be built: ${error?.message ?? stderr.trim()}\n${otherwise}`);
}

/** Milliseconds since 1970 at which the file, or the last file below the folder, was changed. */
function newestChange(path: string): number {
  if (!statSync(path).isDirectory()) return statSync(path).mtimeMs;
  const files = readdirSync(path, { recursive: true, encoding: "utf8" });
  return Math.max(...files.map((file) => statSync(join(path, file)).mtimeMs));
}

function changed(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs;
}
