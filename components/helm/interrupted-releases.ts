import * as pulumi from "@pulumi/pulumi";
import { runScript } from "../gates/script.ts";
import type { ClusterAccess } from "../gates/script.ts";

export interface HelmRelease {
  readonly namespace: string;
  readonly release: string;
  /** How long Helm waits for each of the chart's hooks. */
  readonly timeoutSeconds: number;
}

/** What commands/interrupted-releases.ts tells. */
interface Findings {
  readonly failed: readonly string[];
  readonly resumed: readonly string[];
  readonly unrecorded: readonly string[];
}

/**
 * Lets Helm go on where an earlier `up` was killed, and resolves when nothing of it stands in the way. No resource: it has to
 * happen in each `up` that may run Helm, also in one that repeats another, and it is none of the stack's parts.
 */
export function interruptedReleases(cluster: ClusterAccess, releases: readonly HelmRelease[]): pulumi.Output<unknown> {
  return pulumi.output(look(cluster, releases));
}

async function look(cluster: ClusterAccess, releases: readonly HelmRelease[]): Promise<void> {
  try {
    await tell(await runScript<Findings>("interrupted-releases", cluster, { releases }));
  } catch (error) {
    const { message } = error as Error;
    // Shown by its stack, which has nothing to say.
    throw Object.assign(new pulumi.RunError(message), { stack: message });
  }
}

async function tell({ failed, resumed, unrecorded }: Findings): Promise<void> {
  for (const what of failed) await pulumi.log.warn(`Helm has failed at ${what}`);
  for (const what of resumed) await pulumi.log.info(`Helm was interrupted at ${what}, and goes on from there.`);
  for (const what of unrecorded)
    await pulumi.log.warn(
      `Helm has ${what}, and no \`pulumi up\` has got past it yet. If this one ends with "cannot re-use a name that is ` +
        `still in use", run \`npm run recover ${pulumi.getStack()}\`.`,
    );
}
