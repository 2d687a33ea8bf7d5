import { readFileSync } from "node:fs";
import { join } from "node:path";
import { currentBuild } from "../gates/current-build.ts";

/** The operator as `npm run bundle` builds it, from the project's root. */
export const builtBundle = "dist/kasm-operator.mjs";

/**
 * Text of the operator's bundle, which is built first when need be.
 *
 * @param root folder of the project
 * @throws RunError that says why it cannot be built, and what to do instead
 */
export function currentBundle(root = join(import.meta.dirname, "..", "..")): string {
  const build = {
    file: builtBundle,
    // Folders of sources, and the versions of the packages.
    sources: ["operator", "kube", "package-lock.json"],
    script: "operator/bundle/main.ts",
    otherwise:
      "`npm ci` installs what it is built with, and `npm run bundle` shows the same. kasm-vdi:operator.image takes an image instead.",
  };
  return readFileSync(currentBuild(build, root), "utf8");
}
