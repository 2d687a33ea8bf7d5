import { deploy } from "../platform/deploy.ts";
import { labStack } from "../platform/stack-config.ts";
import { labProject, selectLabStack } from "../platform/stack.ts";
import { abandonedLocks, removeLock } from "../../recover/stack-locks.ts";
import type { PhaseWork } from "./context.ts";

/** Runs the real program on the real engine: `pulumi up` of the stack `lab`. */
export const platform: PhaseWork = async (context, report) => {
  const { layout } = context;
  const cancel = `eval "$(npm run -s lab env)" && pulumi cancel --stack ${labStack} --yes`;
  const where = { pulumiState: layout.pulumiState, project: labProject, stack: labStack };
  for (const lock of abandonedLocks({ ...where, commands: { again: "npm run lab", cancel } })) {
    removeLock(lock);
    report(`the engine with pid ${lock.lock.pid} was killed in the middle of its work; its lock is removed`);
  }
  const stack = await selectLabStack(layout);
  context.stack = stack;
  context.deployment = await deploy(stack, report);
  const { changed, unchanged } = context.deployment;
  return `pulumi up: ${changed} resources changed, ${unchanged} unchanged`;
};
