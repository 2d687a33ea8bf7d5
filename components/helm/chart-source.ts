import { createHash } from "node:crypto";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** Where a Helm chart comes from. */
export interface ChartSource {
  /** The chart's name in `repo`, an `oci://` address, or a path relative to the project's root. */
  readonly chart: string;
  readonly version: string;
  /** Address of the Helm repository; absent for `oci://` and for paths. */
  readonly repo?: string;
  /** Name of a repository that `helm repo add` has set up on this machine, with its sign-in and its authority. */
  readonly repoName?: string;
}

/** Changes with the content of a chart that is a folder or an archive on this machine; undefined for any other. */
export function chartDigest({ chart, repo, repoName }: ChartSource): string | undefined {
  const entry = repo === undefined && repoName === undefined ? statSync(chart, { throwIfNoEntry: false }) : undefined;
  if (!entry) return undefined;
  const files = entry.isDirectory() ? filesBelow(chart) : [""];
  const digest = createHash("sha256");
  for (const file of files) {
    const content = readFileSync(join(chart, file));
    digest.update(`${file}\0${content.length}\0`).update(content);
  }
  return digest.digest("hex").slice(0, 16);
}

function filesBelow(folder: string): string[] {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return paths.filter((path) => statSync(join(folder, path)).isFile()).sort();
}
