import { copyFile, readFile, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { parse, parseDocument } from "yaml";
import { readChartFile } from "../../stacks/chart-file.ts";
import { loadConfig } from "../../stacks/config.ts";
import type { StackConfig } from "../../stacks/config.ts";

/** Name of the stack that the lab installs. */
export const labStack = "lab";

/** Path of the stack's config, which belongs to the user once it is made. */
export function labStackFile(checkout: string): string {
  return join(checkout, `Pulumi.${labStack}.yaml`);
}

/** Makes Pulumi.lab.yaml from its template; a file that is there is never touched. */
export async function copyConfigTemplate(checkout: string): Promise<void> {
  const target = labStackFile(checkout);
  const exists = await stat(target).then(
    () => true,
    () => false,
  );
  if (!exists) await copyFile(join(checkout, "lab", "stack.yaml"), target);
}

/** Keeps the one key right that follows from this machine: the lab's API server has another port than K3s's. */
export async function setApiServerPort(stackFile: string, port: number): Promise<void> {
  const document = parseDocument(await readFile(stackFile, "utf8"));
  const key = ["config", "kasm-vdi:apiServerPort"];
  // The engine writes numbers as text.
  if (document.errors.length > 0 || String(document.getIn(key)) === String(port)) return;
  document.setIn(key, port);
  await writeFile(stackFile, document.toString({ lineWidth: 0 }));
}

/**
 * The config of a stack file, complete. Secrets in it stay encrypted.
 * @throws ConfigError with every problem of the file
 */
export async function readStackConfig(stackFile: string): Promise<StackConfig> {
  const text = await readFile(stackFile, "utf8");
  const { config = {} } = (parse(text) ?? {}) as { config?: Record<string, unknown> };
  // Paths of charts are relative to the project, wherever this runs.
  const readChart = (path: string) => readChartFile(resolve(dirname(stackFile), path));
  return loadConfig(config, basename(stackFile), readChart);
}
