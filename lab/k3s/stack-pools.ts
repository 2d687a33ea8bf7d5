import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { parse } from "yaml";
import type { NodePool } from "../../components/node-pool.ts";
import { loadConfig } from "../../stacks/config.ts";

/**
 * The node pools that a stack file asks for: the lab's machines follow them.
 * @throws ConfigError with every problem of the file
 */
export async function readPools(stackFile: string): Promise<readonly NodePool[]> {
  const text = await readFile(stackFile, "utf8");
  const { config = {} } = (parse(text) ?? {}) as { config?: Record<string, unknown> };
  return loadConfig(config, basename(stackFile)).pools;
}
