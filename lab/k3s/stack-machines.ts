import { readStackConfig } from "../platform/stack-config.ts";
import type { Machines } from "./nodes.ts";

/**
 * The machines that a stack file asks for: the lab's follow them.
 * @throws ConfigError with every problem of the file
 */
export function readMachines(stackFile: string): Promise<Machines> {
  return readStackConfig(stackFile);
}
