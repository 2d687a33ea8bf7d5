import { delimiter } from "node:path";

import type { LabLayout } from "../cluster/layout.ts";
import { engineEnvironment, toolFolders } from "./engine-environment.ts";

/** Lines for `eval` in sh, bash and zsh: the lab's tools first on PATH, and the variables that lead to the lab. */
export function shellExports(layout: LabLayout): string {
  const folders = toolFolders(layout).join(delimiter);
  return [
    `export PATH=${shellQuote(folders + delimiter)}"$PATH"`,
    ...Object.entries(engineEnvironment(layout)).map(([name, value]) => `export ${name}=${shellQuote(value)}`),
  ].join("\n");
}

/** One word of a POSIX shell, whatever the text holds. */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

export function printEnv(layout: LabLayout): void {
  console.log(shellExports(layout));
}
