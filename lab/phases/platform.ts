import { execa } from "execa";
import { abandonedLocks } from "../../recover/stack-locks.ts";
import type { LabLayout } from "../cluster/layout.ts";
import { labEnvironment } from "../commands/engine-environment.ts";
import { deploy } from "../platform/deploy.ts";
import { isDeployed, recordDeployment } from "../platform/last-deployment.ts";
import { labStack } from "../platform/stack-config.ts";
import { labProject, selectLabStack } from "../platform/stack.ts";
import type { PhaseWork } from "./context.ts";

/**
 * Runs the real program on the real engine: `pulumi up` of the stack `lab`. Whoever only wants a platform that is there does
 * without, when there would be nothing to do.
 */
export const platform: PhaseWork = async (context, report) => {
  const { layout } = context;
  if (context.takesPlatformAsItIs && isDeployed(layout)) return "as the last `pulumi up` left it";
  if (wasInterrupted(layout)) {
    report("an engine was killed in the middle of its work; what it left behind is cleared away");
    await recoverStack(layout);
  }
  const stack = await selectLabStack(layout);
  context.stack = stack;
  context.deployment = await deploy(stack, report);
  recordDeployment(layout);
  const { changed, unchanged } = context.deployment;
  return `pulumi up: ${changed} resources changed, ${unchanged} unchanged`;
};

/** @throws StackLockedError while another engine has the stack */
function wasInterrupted({ pulumiState }: LabLayout): boolean {
  const cancel = `eval "$(npm run -s lab env)" && pulumi cancel --stack ${labStack} --yes`;
  const commands = { again: "npm run lab", cancel };
  return abandonedLocks({ pulumiState, project: labProject, stack: labStack, commands }).length > 0;
}

/** As `npm run recover lab` does it. */
async function recoverStack(layout: LabLayout): Promise<void> {
  const env = labEnvironment(layout);
  const run = await execa(process.execPath, ["recover/main.ts", labStack, "--yes"], {
    ...{ cwd: layout.checkout, env, reject: false, all: true },
  });
  if (run.exitCode !== 0) throw new Error(run.all);
}
