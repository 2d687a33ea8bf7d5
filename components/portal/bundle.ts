import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { currentBuild } from "../gates/current-build.ts";

/**
 * Text of the portal's bundle, its pages among it, which is built first when need be.
 *
 * @param root folder of the project
 * @throws RunError that says why it cannot be built, and what to do instead
 */
export function currentPortalBundle(root = dirname(dirname(import.meta.dirname))): string {
  const build = {
    file: "dist/kasm-portal.mjs",
    sources: ["portal", "operator", "analyzers", "kube", "package-lock.json"],
    script: "portal/bundle/main.ts",
    otherwise:
      "`npm ci` installs what it is built with, and `npm run bundle` shows the same. kasm-vdi:portal.image takes an image instead.",
  };
  return readFileSync(currentBuild(build, root), "utf8");
}
