import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { closest } from "fastest-levenshtein";

import { componentNames } from "../cluster/components.ts";
import type { ComponentName } from "../cluster/components.ts";
import type { LabLayout } from "../cluster/layout.ts";
import { logFile } from "../cluster/layout.ts";

/** Shows the end of a component's log, and what is added to it with `follow`, also over a restart of the component. */
export async function showLogs(
  layout: LabLayout,
  name: string,
  { lines, follow }: { lines: number; follow?: true },
): Promise<void> {
  const file = logFile(layout, knownComponent(name));
  if (!existsSync(file)) throw new Error(`${name} has no log yet: it was not started. \`npm run lab\` starts the lab.`);
  const tail = spawn("tail", ["-n", String(lines), ...(follow ? ["-F"] : []), file], { stdio: "inherit" });
  await new Promise<void>((resolve, reject) => {
    tail.once("error", reject);
    tail.once("exit", () => resolve());
  });
}

function knownComponent(name: string): ComponentName {
  const known = componentNames.find((candidate) => candidate === name);
  if (known) return known;
  throw new Error(
    `There is no component ${name}. Did you mean ${closest(name, [...componentNames])}? All: ${componentNames.join(", ")}.`,
  );
}
