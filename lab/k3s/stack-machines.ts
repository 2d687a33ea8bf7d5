import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { parse } from "yaml";
import { loadConfig } from "../../stacks/config.ts";
import type { Machines } from "./nodes.ts";

/**
 * The machines that a stack file asks for: the lab's follow them.
 * @throws ConfigError with every problem of the file
 */
export async function readMachines(stackFile: string): Promise<Machines> {
  const text = await readFile(stackFile, "utf8");
  const { config = {} } = (parse(text) ?? {}) as { config?: Record<string, unknown> };
  return loadConfig(config, basename(stackFile));
}
