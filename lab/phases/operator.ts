import { startOperator } from "../operator/start.ts";
import type { PhaseWork } from "./context.ts";

/** Runs the VDI operator of this checkout on the cluster, with the rights that the stack gave it. */
export const operator: PhaseWork = async ({ layout }) => {
  const { action } = await startOperator(layout);
  return `as its own ServiceAccount, ${action === "kept" ? "was running" : action}`;
};
