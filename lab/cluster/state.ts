import { z } from "zod";

import type { LabLayout } from "./layout.ts";
import { portNames } from "./ports.ts";
import type { Ports } from "./ports.ts";
import { keepPrivateFile, readIfThere } from "./private-files.ts";

const port = z.int().min(1).max(65_535);

// A lab of another version may have had ports of other names: they are left out.
const stateSchema = z.object({
  version: z.literal(1),
  ports: z.object(Object.fromEntries(portNames.map((name) => [name, port.optional()]))),
});

/** What `.lab/state.json` says about ports; empty before the first `up`. */
export function readPorts(layout: LabLayout): Partial<Ports> {
  const text = readIfThere(layout.stateFile);
  if (text === undefined) return {};
  try {
    return stateSchema.parse(JSON.parse(text)).ports;
  } catch {
    throw new Error(
      `${layout.stateFile} cannot be understood. It only holds the lab's ports: delete the file and run \`npm run lab\` again.`,
    );
  }
}

export function writePorts(layout: LabLayout, ports: Ports): void {
  keepPrivateFile(layout.stateFile, `${JSON.stringify({ version: 1, ports }, undefined, 2)}\n`);
}
