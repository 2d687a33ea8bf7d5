import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import * as pulumi from "@pulumi/pulumi";

const projectRoot = dirname(import.meta.dirname);

/** The operator as `npm run bundle` builds it, from the project's root. */
export const builtBundle = "dist/kasm-operator.mjs";

/** What goes into the bundle: folders of sources, and the versions of the packages. */
const sources = ["operator", "kube", "package-lock.json"];

/**
 * Text of the operator's bundle. It is built first when there is none or when a source is newer: packages run no scripts at
 * their installation, and an operator of yesterday must not be shipped unnoticed. That takes a second.
 *
 * @param root folder of the project
 * @throws RunError that says why it cannot be built, and what to do instead
 */
export function currentBundle(root = projectRoot): string {
  const file = join(root, builtBundle);
  const newest = Math.max(...sources.map((source) => newestChange(join(root, source))));
  if ((changed(file) ?? 0) < newest) build(root);
  return readFileSync(file, "utf8");
}

function build(root: string): void {
  const { status, stderr, error } = spawnSync(process.execPath, ["operator/bundle/main.ts"], {
    cwd: root,
    encoding: "utf8",
  });
  if (status === 0) return;
  throw new pulumi.RunError(
    `The operator's bundle ${builtBundle} cannot be built: ${error?.message ?? stderr.trim()}\n` +
      "`npm ci` installs what it is built with, and `npm run bundle` shows the same. kasm-vdi:operator.image takes an image instead.",
  );
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
