import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

interface Package {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
}

/**
 * Name, version and licence of each package that the files come from, as the licences ask of who passes them on.
 *
 * @param files paths of modules; those outside of `node_modules` are ours
 */
export function thirdPartyNotices(files: readonly string[]): string {
  const folders = [...new Set(files.map(packageFolder).filter((folder) => folder !== undefined))];
  const notices = folders.map(notice).sort();
  return ["This bundle contains parts of these packages.", ...notices].join(`\n\n${"-".repeat(72)}\n\n`) + "\n";
}

function packageFolder(file: string): string | undefined {
  return /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(file)?.[0];
}

function notice(folder: string): string {
  const {
    name,
    version,
    license = "no licence named",
  } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Package;
  const texts = readdirSync(folder)
    .filter((file) => /^(licen[cs]e|notice|copying)/i.test(file))
    .sort()
    .map((file) => readFileSync(join(folder, file), "utf8").trim());
  return [`${name} ${version} (${license})`, ...texts].join("\n\n");
}
