/**
 * Puts the resource plugins into a PULUMI_HOME: the official ones where this machine has them or can download them, else the lab's
 * stand-ins. What is in place stays, so that a second run is quick and a stack keeps its plugin.
 */
import { join } from "node:path";

import { downloadOfficial } from "./official-download.ts";
import type { Plugin } from "./plugin-folder.ts";
import { installedKind, linkOfficial, officialIn, writeStandIn } from "./plugin-folder.ts";

/** The exact versions that the SDKs of package.json ask the engine for. */
export const plugins: readonly Plugin[] = [
  { name: "kubernetes", version: "4.32.0" },
  { name: "random", version: "4.21.2" },
  { name: "command", version: "1.2.1" },
];

export interface PluginChoice extends Plugin {
  kind: "official" | "stand-in";
}

export interface InstallOptions {
  pulumiHome: string;
  onProgress?: (line: string) => void;
  /** `KASM_VDI_PLUGINS` is `standin`, `official` or unset; `HOME` tells where the user's own plugins are. */
  env?: NodeJS.ProcessEnv;
  /** Puts an official plugin into the folder. @throws when it cannot be had */
  download?: typeof downloadOfficial;
}

/**
 * Makes sure that every plugin is in `pulumiHome`, and says which kind it is.
 * @throws when `KASM_VDI_PLUGINS` is `official` and one cannot be had, or has another value than those it knows
 */
export async function installPlugins(options: InstallOptions): Promise<PluginChoice[]> {
  const wish = wishIn(options.env ?? process.env);
  return Promise.all(plugins.map(async (plugin) => ({ ...plugin, kind: await install(plugin, wish, options) })));
}

/** One line for people: which plugins are the official ones and which are not. */
export function pluginLine(choices: PluginChoice[]): string {
  const named = (kind: PluginChoice["kind"]) =>
    choices.filter((choice) => choice.kind === kind).map(({ name, version }) => `${name} ${version}`);
  const [official, standIns] = [named("official"), named("stand-in")];
  return [
    ...(official.length > 0 ? [`official ${official.join(", ")}`] : []),
    ...(standIns.length > 0 ? [`the lab's stand-ins for ${standIns.join(", ")} (docs/plugins.md)`] : []),
  ].join("; ");
}

type Wish = "any" | "official" | "stand-in";

async function install(plugin: Plugin, wish: Wish, options: InstallOptions): Promise<PluginChoice["kind"]> {
  const { pulumiHome, env = process.env, onProgress = () => undefined, download = downloadOfficial } = options;
  if (wish === "stand-in") return standIn(pulumiHome, plugin);
  const present = await installedKind(pulumiHome, plugin);
  if (present === "official") return present;

  const own = await officialIn(join(env["HOME"] ?? "", ".pulumi"), plugin);
  if (own !== undefined) {
    await linkOfficial(pulumiHome, plugin, own);
    return "official";
  }
  if (present === "stand-in" && wish === "any") return standIn(pulumiHome, plugin);
  try {
    await download(pulumiHome, plugin, onProgress);
    return "official";
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (wish === "official") {
      throw new Error(
        `The official ${plugin.name} plugin ${plugin.version} could not be had: ${reason}. ` +
          `Put it under ~/.pulumi/plugins (pulumi plugin install resource ${plugin.name} ${plugin.version}), or unset KASM_VDI_PLUGINS to use the lab's stand-in.`,
        { cause: error },
      );
    }
    onProgress(`${plugin.name} ${plugin.version}: ${reason}`);
    return standIn(pulumiHome, plugin);
  }
}

/** Written anew each time, so that it follows a checkout that has moved. */
async function standIn(pulumiHome: string, plugin: Plugin): Promise<"stand-in"> {
  await writeStandIn(pulumiHome, plugin);
  return "stand-in";
}

function wishIn(env: NodeJS.ProcessEnv): Wish {
  const value = env["KASM_VDI_PLUGINS"] ?? "";
  if (value === "") return "any";
  if (value === "official") return "official";
  if (value === "standin" || value === "stand-in") return "stand-in";
  throw new Error(`KASM_VDI_PLUGINS is "${value}"; it may be standin, official or unset`);
}
