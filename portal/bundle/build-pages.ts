import { join } from "node:path";
import { build } from "esbuild";

/** The browser's part of the portal. */
export interface Pages {
  readonly script: string;
  readonly style: string;
}

/** Puts the pages' script and style into one file each. The same sources give the same bytes. @throws esbuild's BuildFailure */
export async function buildPages(): Promise<Pages> {
  const { outputFiles } = await build({
    absWorkingDir: join(import.meta.dirname, "..", ".."),
    entryPoints: ["portal/pages/main.ts", "portal/pages/style.css"],
    outdir: "out",
    bundle: true,
    minify: true,
    platform: "browser",
    target: ["es2022", "chrome111", "firefox115", "safari16.4"],
    format: "esm",
    legalComments: "none",
    write: false,
    logLevel: "silent",
  });
  const text = (end: string) => outputFiles.find(({ path }) => path.endsWith(end))?.text ?? "";
  return { script: text(".js"), style: text(".css") };
}
