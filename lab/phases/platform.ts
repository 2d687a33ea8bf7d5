import { deploy } from "../platform/deploy.ts";
import { selectLabStack } from "../platform/stack.ts";
import type { PhaseWork } from "./context.ts";

/** Runs the real program on the real engine: `pulumi up` of the stack `lab`. */
export const platform: PhaseWork = async (context, report) => {
  const { layout } = context;
  const stack = await selectLabStack(layout);
  context.deployment = await deploy(stack, report);
  const { changed, unchanged } = context.deployment;
  return `pulumi up: ${changed} resources changed, ${unchanged} unchanged`;
};
