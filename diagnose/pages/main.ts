/** `npm run docs:diagnosis`: writes the pages of docs/diagnosis that come from the catalog, and removes those of codes that are gone. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generatedPages } from "./pages.ts";

const folder = join(import.meta.dirname, "..", "..", "docs", "diagnosis");
/** Written by hand. */
const own = new Set(["README.md"]);

const pages = generatedPages();
mkdirSync(folder, { recursive: true });
for (const name of readdirSync(folder)) if (!pages.has(name) && !own.has(name)) rmSync(join(folder, name));
for (const [name, content] of pages) writeFileSync(join(folder, name), content);
console.log(`${pages.size} files written to docs/diagnosis`);
