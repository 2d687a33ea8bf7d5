import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { Command, Option } from "commander";
import { createPatch } from "diff";
import { golden } from "./golden.ts";
import { previewOffline } from "./offline-engine.ts";
import type { OfflineOptions, OfflinePreview } from "./offline-engine.ts";
import { renderFailure, renderPreview } from "./print.ts";

const checkout = dirname(dirname(import.meta.dirname));

interface Options extends OfflineOptions {
  update?: true;
}

const program = new Command("preview")
  .description(
    "Preview stacks with the real engine and program, without a cluster, and compare with previews/STACK.txt.",
  )
  .argument("[stacks...]", "stacks with a Pulumi.STACK.yaml", ["dev", "prod"])
  .option("--update", "write previews/STACK.txt anew instead of comparing")
  .addOption(
    new Option("--charts <which>", "the lab's stand-ins, or the ones of the stack's config (not compared)")
      .choices(["stand-in", "official"])
      .default("stand-in"),
  )
  .action(run);

process.once("SIGINT", () => process.exit(130));
try {
  await program.parseAsync();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

async function run(stacks: string[], options: Options): Promise<void> {
  for (const preview of await previewOffline(checkout, stacks, options)) {
    if (!preview.succeeded) {
      console.error(renderFailure(preview));
      process.exitCode = 1;
      continue;
    }
    console.log(renderPreview(preview));
    if (options.charts === "official") continue;
    if (options.update) update(preview);
    else compare(preview);
  }
}

function update({ stack, document, places }: OfflinePreview): void {
  const file = goldenFile(stack);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, golden(document.steps ?? [], places));
  console.log(`Wrote ${relative(checkout, file)}.`);
}

function compare({ stack, document, places }: OfflinePreview): void {
  const file = goldenFile(stack);
  const name = relative(checkout, file);
  const kept = readIfThere(file);
  if (kept === undefined) {
    console.log(`There is no ${name} to compare with; \`npm run preview -- ${stack} --update\` makes it.`);
    return;
  }
  const now = golden(document.steps ?? [], places);
  if (kept === now) {
    console.log(`As ${name} has it.`);
    return;
  }
  console.error(createPatch(name, kept, now, "committed", "previewed now"));
  console.error(
    `${stack} previews differently from ${name}. If that is meant, run \`npm run preview -- ${stack} --update\` and commit the file.`,
  );
  process.exitCode = 1;
}

function goldenFile(stack: string): string {
  return join(checkout, "previews", `${stack}.txt`);
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
