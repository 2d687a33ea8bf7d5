// Runs one of the tools at its pinned version, wherever it comes from: `node lab/tools/run.ts actionlint -color`.
import { execa } from "execa";
import type { ToolName } from "./provide.ts";
import { provideShowing } from "./show.ts";
import { tools } from "./table.ts";

const [name, ...args] = process.argv.slice(2);

try {
  if (name === undefined || !(name in tools))
    throw new Error(`No such tool: ${name ?? "none is named"}. There are ${Object.keys(tools).join(", ")}.`);
  const tool = name as ToolName;
  const { [tool]: provided } = await provideShowing([tool], { output: process.stderr });
  const { exitCode } = await execa(provided.path, args, { stdio: "inherit", reject: false });
  process.exitCode = exitCode ?? 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
