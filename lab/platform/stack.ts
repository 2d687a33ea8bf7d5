import { copyFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { LocalWorkspace, PulumiCommand, type Stack } from "@pulumi/pulumi/automation/index.js";
import { labEnvironment } from "../commands/engine-environment.ts";
import type { LabLayout } from "../cluster/layout.ts";

/** Name of the project, as in Pulumi.yaml. */
export const labProject = "kasm-vdi";

/** Name of the stack that the lab installs. */
export const labStack = "lab";

/** Selects the lab's stack in the checkout's own file backend and makes it on first use. */
export async function selectLabStack(layout: LabLayout): Promise<Stack> {
  await copyConfigTemplate(layout.checkout);
  const workDir = layout.checkout;
  // The lab's own engine in .lab/bin, whatever the shell's PATH says.
  const pulumiCommand = await PulumiCommand.get({ root: layout.root, skipVersionCheck: true });
  return LocalWorkspace.createOrSelectStack(
    { stackName: labStack, workDir },
    { workDir, pulumiCommand, envVars: labEnvironment(layout) },
  );
}

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
