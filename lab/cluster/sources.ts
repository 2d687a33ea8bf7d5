import { readdirSync } from "node:fs";
import { join } from "node:path";

const checkout = join(import.meta.dirname, "..", "..");

/** The programs in folders of this checkout: else those of before a `git pull` would go on running. */
export function sources(...folders: string[]): string[] {
  return folders.flatMap((folder) => {
    const entries = readdirSync(join(checkout, folder), { recursive: true, encoding: "utf8" });
    return entries.filter((file) => /\.(ts|sh)$/.test(file)).map((file) => join(checkout, folder, file));
  });
}
