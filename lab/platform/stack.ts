import { LocalWorkspace, PulumiCommand, type Stack } from "@pulumi/pulumi/automation/index.js";
import { labEnvironment } from "../commands/engine-environment.ts";
import type { LabLayout } from "../cluster/layout.ts";
import { copyConfigTemplate, labStack } from "./stack-config.ts";

/** Name of the project, as in Pulumi.yaml. */
export const labProject = "kasm-vdi";

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
