import { linkTools } from "../tools/link.ts";
import { provideTools } from "../tools/provide.ts";
import type { ToolName } from "../tools/provide.ts";
import { progressLines } from "../tools/show.ts";
import type { PhaseWork } from "./context.ts";

/** The programs of the control plane; it can start without the others. */
export const controlPlaneTools = toolsPhase([
  "etcd",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kwok",
  "kubectl",
]);

/** The programs that install the platform. */
export const platformTools = toolsPhase(["helm", "pulumi"]);

/** What leads browsers to desktops that are run. */
export const desktopTools = toolsPhase(["traefik"]);

/** Finds, downloads or builds the programs, and links them into `.lab/bin`. */
function toolsPhase(names: readonly ToolName[]): PhaseWork {
  return async (context, report) => {
    const { onProgress } = progressLines(report);
    const provided = Object.values(await provideTools(names, { onProgress }));
    await linkTools(context.layout.bin, provided);
    for (const tool of provided) context.tools.set(tool.name, tool);
    const sources = Map.groupBy(provided, ({ source }) => source);
    return [...sources].map(([source, from]) => `${from.length} from ${source}`).join(", ");
  };
}
