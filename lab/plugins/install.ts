/**
 * Puts the resource plugins into a PULUMI_HOME: the official ones where this machine has them, can download them or, for
 * kubernetes, build them; else the lab's stand-ins. What is in place stays, so that a second run is quick and a stack keeps its plugin.
 */
import { join } from "node:path";

import { provideTools } from "../tools/provide.ts";
import type { ProvidedTool } from "../tools/resolve.ts";
import { progressLines } from "../tools/show.ts";
import { downloadOfficial } from "./official-download.ts";
import type { Installed, Plugin } from "./plugin-folder.ts";
import { installed, linkBuilt, linkOfficial, officialIn, writeStandIn } from "./plugin-folder.ts";

/** The exact versions that the SDKs of package.json ask the engine for. */
export const plugins: readonly Plugin[] = [
  { name: "kubernetes", version: "4.34.2" },
  { name: "random", version: "4.21.2" },
  { name: "command", version: "1.2.1" },
];

/** What is in place; of a plugin that was built, `version` is its own and not the one that was asked for. */
export type PluginChoice = Plugin & Installed;

export interface InstallOptions {
  pulumiHome: string;
  onProgress?: (line: string) => void;
  /** `KASM_VDI_PLUGINS` is `local`, `official` or unset; `HOME` tells where the user's own plugins are. */
  env?: NodeJS.ProcessEnv;
  /** Puts an official plugin into the folder. @throws when it cannot be had */
  download?: typeof downloadOfficial;
  /** The kubernetes plugin, built from its Go modules. @throws when it cannot be had */
  build?: (options: InstallOptions) => Promise<ProvidedTool>;
}

/**
 * Makes sure that every plugin is in `pulumiHome`, and says which one it is.
 * @throws when `KASM_VDI_PLUGINS` is `official` and one cannot be had, or has another value than those it knows
 */
export async function installPlugins(options: InstallOptions): Promise<PluginChoice[]> {
  const wish = wishIn(options.env ?? process.env);
  return Promise.all(plugins.map(async (plugin) => ({ ...plugin, ...(await install(plugin, wish, options)) })));
}

/** One line for people: which plugins are the official ones and which are not. */
export function pluginLine(choices: readonly PluginChoice[]): string {
  const named = (kind: PluginChoice["kind"]) =>
    choices.filter((choice) => choice.kind === kind).map(({ name, version }) => `${name} ${version}`);
  const [downloaded, built, standIns] = [named("official"), named("built"), named("stand-in")];
  return [
    ...(downloaded.length > 0 ? [`official ${downloaded.join(", ")}`] : []),
    ...(built.length > 0 ? [`official ${built.join(", ")}, built from its Go modules`] : []),
    ...(standIns.length > 0 ? [`the lab's stand-ins for ${standIns.join(", ")} (docs/plugins.md)`] : []),
  ].join("; ");
}

type Wish = "any" | "official" | "local";

async function install(plugin: Plugin, wish: Wish, options: InstallOptions): Promise<Installed> {
  const { pulumiHome, env = process.env, onProgress = () => undefined, download = downloadOfficial } = options;
  if (wish === "local") return withoutDownload(plugin, options);
  const present = await installed(pulumiHome, plugin);
  if (present?.kind === "official") return present;

  const own = await officialIn(join(env["HOME"] ?? "", ".pulumi"), plugin);
  if (own !== undefined) {
    await linkOfficial(pulumiHome, plugin, own);
    return { ...plugin, kind: "official" };
  }
  if (present !== undefined && wish === "any") return withoutDownload(plugin, options);
  try {
    await download(pulumiHome, plugin, onProgress);
    return { ...plugin, kind: "official" };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (wish === "official" && plugin.name !== "kubernetes") {
      throw new Error(
        `The official ${plugin.name} plugin ${plugin.version} could not be had: ${reason}. ` +
          `Put it under ~/.pulumi/plugins (pulumi plugin install resource ${plugin.name} ${plugin.version}), or unset KASM_VDI_PLUGINS to use the lab's stand-in.`,
        { cause: error },
      );
    }
    onProgress(`${plugin.name} ${plugin.version}: ${reason}`);
    return withoutDownload(plugin, options);
  }
}

/** Put in place each time, so that it follows a checkout that has moved and a tool that was built anew. */
async function withoutDownload(plugin: Plugin, options: InstallOptions): Promise<Installed> {
  const { pulumiHome, build = buildKubernetes } = options;
  if (plugin.name === "kubernetes") {
    const { path, version } = await build(options);
    await linkBuilt(pulumiHome, plugin, { path, version });
    return { kind: "built", version };
  }
  await writeStandIn(pulumiHome, plugin);
  return { ...plugin, kind: "stand-in" };
}

async function buildKubernetes({ onProgress = () => undefined, env = process.env }: InstallOptions) {
  const provided = await provideTools(["pulumi-resource-kubernetes"], {
    env,
    onProgress: progressLines(onProgress).onProgress,
  });
  return provided["pulumi-resource-kubernetes"];
}

function wishIn(env: NodeJS.ProcessEnv): Wish {
  const value = env["KASM_VDI_PLUGINS"] ?? "";
  if (value === "") return "any";
  if (value === "official" || value === "local") return value;
  throw new Error(`KASM_VDI_PLUGINS is "${value}"; it may be local, official or unset`);
}
