import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { ScratchStack } from "./scratch-stack.ts";

const checkout = fileURLToPath(new URL("../..", import.meta.url));

/**
 * A scratch stack of one component, whose arguments each run reads from the variable ARGS as JSON. The gates that it runs
 * are this checkout's.
 */
export async function componentStack(file: string, component: string, name: string): Promise<ScratchStack> {
  const stack = await ScratchStack.make(`
import * as k8s from "@pulumi/kubernetes";
import { ${component} } from ${JSON.stringify(pathToFileURL(join(checkout, "components", file)).href)};
import { buildScripts } from ${JSON.stringify(pathToFileURL(join(checkout, "components", "script.ts")).href)};
buildScripts();
const provider = new k8s.Provider("cluster", { clusterIdentifier: "test", enableConfigMapMutable: true });
export const { report, addresses } = new ${component}(${JSON.stringify(name)}, JSON.parse(process.env.ARGS), { provider });
`);
  linkScripts(stack);
  return stack;
}

/** Lets a program in a folder of its own run the gates of this checkout. */
export function linkScripts(stack: ScratchStack): void {
  for (const folder of ["commands", "analyzers", "helm", "kube", "lab", "dist"])
    symlinkSync(join(checkout, folder), join(stack.folder, "program", folder));
}
