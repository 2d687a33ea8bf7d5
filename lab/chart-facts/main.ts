import { writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { Command } from "commander";
import { provideShowing } from "../tools/show.ts";
import { factsFile, recordedFolder } from "./facts.ts";
import { readChart } from "./read-chart.ts";

const program = new Command("charts:facts")
  .description(
    "Write down what charts that you have make of the program's values. Only the facts are kept, never the charts.",
  )
  .argument("<paths...>", "charts, as folders or archives")
  .option("--into <folder>", "where the facts go", recordedFolder)
  .action(record);

try {
  await program.parseAsync();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

async function record(paths: string[], { into }: { into: string }): Promise<void> {
  const { helm } = await provideShowing(["helm"], { output: process.stderr });
  for (const path of paths) {
    const facts = await readChart(helm.path, path);
    const file = join(into, factsFile(facts.chart, facts.version));
    await writeFile(file, `${JSON.stringify(facts, null, 1)}\n`);
    console.log(
      `${relative(process.cwd(), file)}: ${Object.keys(facts.variants).length} variants, ${facts.crds.length} CRDs`,
    );
  }
}
