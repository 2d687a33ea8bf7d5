import { startOperator } from "../operator/start.ts";
import type { PhaseWork } from "./context.ts";

/** Runs operator and gateway of this checkout on the cluster, with the rights that the stack gave them. */
export const operator: PhaseWork = async ({ layout }) => {
  const started = await startOperator(layout);
  const done = started.map(({ name, action }) => `${name} ${action === "kept" ? "was running" : action}`);
  return `${done.join(", ")}, each as its own ServiceAccount`;
};
