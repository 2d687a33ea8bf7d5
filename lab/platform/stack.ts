import { copyFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { LocalWorkspace, type Stack } from "@pulumi/pulumi/automation/index.js";

/** Name of the stack that the lab installs. */
export const labStack = "lab";

/**
 * Selects the lab's stack in the checkout's own file backend and makes it on first use.
 * `environment` is what `npm run lab env` prints: backend, PULUMI_HOME, passphrase file, kubeconfig and PATH.
 */
export async function selectLabStack(checkout: string, environment: Record<string, string>): Promise<Stack> {
  await copyConfigTemplate(checkout);
  return LocalWorkspace.createOrSelectStack(
    { stackName: labStack, workDir: checkout },
    { envVars: environment, workDir: checkout },
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
