import { installPlugins, pluginLine } from "../plugins/install.ts";
import type { PhaseWork } from "./context.ts";

/** Puts the resource plugins where the engine looks for them: official ones, else what can be built, else the lab's stand-ins. */
export const plugins: PhaseWork = async (context, report) => {
  context.plugins = await installPlugins({ pulumiHome: context.layout.pulumiHome, onProgress: report });
  return pluginLine(context.plugins);
};
