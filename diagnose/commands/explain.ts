import type { Command } from "commander";
import { closest } from "fastest-levenshtein";
import { areas } from "../../analyzers/areas.ts";
import { catalog, entryOf } from "../../analyzers/catalog.ts";
import type { Code } from "../../analyzers/catalog.ts";
import { wrapped } from "../render/wrap.ts";
import { UsageError } from "../usage-error.ts";

export function addExplain(program: Command): void {
  program
    .command("explain")
    .description("Tell what a code means, why it happens and what to do; without a code, list all")
    .argument("[code]", "as reports print it, such as ImageNotFound")
    .action((code: string | undefined) => {
      console.log(code === undefined ? listOfCodes() : explanation(codeNamed(code)));
    });
}

function codeNamed(text: string): Code {
  const codes = Object.keys(catalog) as Code[];
  const found = codes.find((it) => it.toLowerCase() === text.toLowerCase());
  if (found) return found;
  throw new UsageError(`There is no code ${text}. Did you mean ${closest(text, codes)}? \`explain\` alone lists all.`);
}

function explanation(code: Code): string {
  const { area, level, title, symptom, cause, fix, byHand } = entryOf(code);
  const width = process.stdout.isTTY ? process.stdout.columns : 80;
  return [
    `${code}: ${title}`,
    `${areas[area].layer}, ${areas[area].title}; ${level}`,
    "",
    ...wrapped(symptom, width, "Symptom: ", "  "),
    ...wrapped(cause, width, "Cause: ", "  "),
    ...wrapped(fix, width, "Fix: ", "  "),
    "By hand:",
    ...byHand.map((it) => `  $ ${it}`),
  ].join("\n");
}

function listOfCodes(): string {
  return Object.entries(catalog)
    .map(([code, { title }]) => `${code.padEnd(32)} ${title}`)
    .join("\n");
}
