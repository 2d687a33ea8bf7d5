import { join } from "node:path";
import { build } from "esbuild";
import type { Plugin } from "esbuild";
import { nodeModule } from "../../bundle/options.ts";
import { thirdPartyNotices } from "./notices.ts";
import { slimming } from "./slimming.ts";

const projectRoot = join(import.meta.dirname, "..", "..");

/** A program as it is shipped. */
export interface Bundle {
  /** One ES module for Node 24. */
  readonly text: string;
  /** Licences of the packages in it. */
  readonly notices: string;
}

export interface BundleOptions {
  /** Before those that keep the bundle small. */
  readonly plugins?: readonly Plugin[];
  /** Packages that the program uses, of those that the operator leaves out. */
  readonly kept?: readonly string[];
  /** Paths of modules that a plugin has put into it. */
  readonly included?: readonly string[];
}

/**
 * Puts a program and all that it imports into one file. The same sources give the same bytes.
 *
 * @param entry path of a module, from the project's root
 * @throws esbuild's BuildFailure
 */
export async function buildBundle(entry = "operator/main.ts", options: BundleOptions = {}): Promise<Bundle> {
  const { plugins = [], kept = [], included = [] } = options;
  const { outputFiles, metafile } = await build({
    ...nodeModule,
    entryPoints: [entry],
    // An uncaught error prints the line that it comes from.
    lineLimit: 160,
    // As Node's own build of undici has it: leaves an experimental second parser of 170 KiB out.
    define: { esbuildDetection: "true" },
    plugins: [...plugins, slimming(kept)],
    metafile: true,
    write: false,
  });
  const [output] = Object.values(metafile.outputs);
  const used = Object.entries(output?.inputs ?? {}).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  const files = used.map(([path]) => join(projectRoot, path));
  return { text: outputFiles[0]?.text ?? "", notices: thirdPartyNotices([...files, ...included]) };
}
