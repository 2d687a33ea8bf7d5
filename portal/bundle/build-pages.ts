import { join } from "node:path";
import { build } from "esbuild";

const root = join(import.meta.dirname, "..", "..");

/** The browser's part of the portal. */
export interface Pages {
  readonly script: string;
  readonly style: string;
}

/** Puts the pages' script and style into one file each. The same sources give the same bytes. Also tells which modules are in them. @throws esbuild's BuildFailure */
export async function buildPages(): Promise<{ pages: Pages; modules: string[] }> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: ["portal/pages/main.ts", "portal/pages/style.css"],
    outdir: "out",
    bundle: true,
    minify: true,
    platform: "browser",
    target: ["es2022", "chrome111", "firefox115", "safari16.4"],
    format: "esm",
    legalComments: "none",
    metafile: true,
    write: false,
    logLevel: "silent",
  });
  const text = (end: string) => outputFiles.find(({ path }) => path.endsWith(end))?.text ?? "";
  const modules = Object.keys(metafile.inputs).map((path) => join(root, path));
  return { pages: { script: text(".js"), style: text(".css") }, modules };
}
