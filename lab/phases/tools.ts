import { linkTools } from "../tools/link.ts";
import { provideTools } from "../tools/provide.ts";
import type { ToolName } from "../tools/provide.ts";
import { progressLines } from "../tools/show.ts";
import type { PhaseWork } from "./context.ts";

const neededTools: readonly ToolName[] = [
  "etcd",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kwok",
  "kubectl",
  "helm",
  "pulumi",
];

/** Finds, downloads or builds the programs that the lab runs, and links them into `.lab/bin`. */
export const tools: PhaseWork = async (context, report) => {
  const { onProgress } = progressLines(report);
  const provided = await provideTools(neededTools, { onProgress });
  await linkTools(context.layout.bin, Object.values(provided));
  context.tools = provided;
  const sources = Map.groupBy(Object.values(provided), ({ source }) => source);
  return [...sources].map(([source, from]) => `${from.length} from ${source}`).join(", ");
};
