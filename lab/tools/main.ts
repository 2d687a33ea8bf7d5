import { stat } from "node:fs/promises";
import Table from "cli-table3";
import { Command } from "commander";
import type { ProvidedTool, ToolName } from "./provide.ts";
import { provideShowing } from "./show.ts";
import { tools } from "./table.ts";

const allNames = Object.keys(tools) as ToolName[];

await new Command("tools")
  .description("Make the lab's tools available on this machine and say where each came from.")
  .argument("[names...]", `which tools (default: all: ${allNames.join(", ")})`)
  .option("--json", "print one JSON document instead of a table")
  .action(run)
  .parseAsync();

async function run(given: string[], { json }: { json?: true }): Promise<void> {
  const unknown = given.filter((name) => !(allNames as string[]).includes(name));
  if (unknown.length > 0) fail(`No such tool: ${unknown.join(", ")}. There are ${allNames.join(", ")}.`);
  const names = given.length > 0 ? (given as ToolName[]) : allNames;
  try {
    const provided = await provideShowing(names, { output: process.stderr });
    const rows = await Promise.all(names.map((name) => row(provided[name])));
    if (json) console.log(JSON.stringify(rows, undefined, 2));
    else console.log(table(rows));
  } catch (error) {
    fail(error instanceof Error ? error.message : String(error));
  }
}

interface Row {
  name: string;
  version: string;
  source: string;
  megabytes: number;
  path: string;
}

async function row({ name, version, source, path }: ProvidedTool): Promise<Row> {
  return { name, version, source, megabytes: Math.round((await stat(path)).size / 1e6), path };
}

function table(rows: Row[]): string {
  const table = new Table({ head: ["tool", "version", "source", "MB", "path"], style: { head: [], border: [] } });
  table.push(...rows.map(({ name, version, source, megabytes, path }) => [name, version, source, megabytes, path]));
  return table.toString();
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
