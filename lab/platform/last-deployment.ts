import { createHash } from "node:crypto";
import { globSync, statSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import type { LabLayout } from "../cluster/layout.ts";
import { readIfThere, writePrivateFile } from "../cluster/private-files.ts";
import { labStack, labStackFile } from "./stack-config.ts";
import { labProject } from "./stack.ts";

/** All that the program and its bundles are made of. */
const programFiles = [
  ...["index.ts", "package-lock.json", "Pulumi.yaml"],
  ...["analyzers", "bundle", "commands", "components", "helm", "kube", "operator", "policy", "portal", "stacks"].map(
    (folder) => `${folder}/**`,
  ),
];

/**
 * Whether a `pulumi up` would find nothing to do: program, config, charts and state are those that the last one ended with.
 * What somebody changed in the cluster it would not find either.
 */
export function isDeployed(layout: LabLayout): boolean {
  return readIfThere(recordFile(layout)) === fingerprint(layout);
}

/** Records that a `pulumi up` has just ended well. */
export function recordDeployment(layout: LabLayout): void {
  writePrivateFile(recordFile(layout), fingerprint(layout));
}

// Beside the state: whoever removes one removes the other.
function recordFile({ pulumiState }: LabLayout): string {
  return join(pulumiState, "last-deployment");
}

function fingerprint({ checkout, pulumiState }: LabLayout): string {
  const config = labStackFile(checkout);
  const state = join(pulumiState, ".pulumi", "stacks", labProject, `${labStack}.json`);
  const patterns = [...programFiles, ...chartPaths(readIfThere(config) ?? "").map((path) => `${path}{,/**}`)];
  const files = globSync(patterns, { cwd: checkout })
    .map((name) => join(checkout, name))
    .filter((file) => statSync(file).isFile())
    .sort();
  const hash = createHash("sha256");
  for (const file of [...files, config, state]) hash.update(`${file}\0${readIfThere(file) ?? ""}\0`);
  return hash.digest("hex");
}

const charted = z.looseObject({ chart: z.looseObject({ path: z.string() }) });

/** Charts that the stack takes from folders or archives. */
function chartPaths(stackFile: string): string[] {
  const { config = {} } = (parse(stackFile) ?? {}) as { config?: Record<string, unknown> };
  return Object.values(config).flatMap((part) => {
    const { data } = charted.safeParse(part);
    return data ? [data.chart.path] : [];
  });
}
