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
const provider = new k8s.Provider("cluster", { clusterIdentifier: "test", enableConfigMapMutable: true });
export const { report, addresses } = new ${component}(${JSON.stringify(name)}, JSON.parse(process.env.ARGS), { provider });
`);
  stack.linkScripts();
  // Charts are given by their path from the project.
  symlinkSync(join(checkout, "lab"), join(stack.folder, "program", "lab"));
  return stack;
}
