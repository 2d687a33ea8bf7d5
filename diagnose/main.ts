#!/usr/bin/env node
import "./heap.ts";
import { basename } from "node:path";
import { Command, CommanderError } from "commander";
import { addCompletion } from "./commands/completion.ts";
import { addDiagnose } from "./commands/diagnose.ts";
import { addExplain } from "./commands/explain.ts";
import { addPreflight } from "./commands/preflight.ts";
import { addSnapshot } from "./commands/snapshot.ts";
import { addValidate } from "./commands/validate.ts";
import { exitCodes } from "./report.ts";
import { sentenceOf } from "./error-sentence.ts";
import { UsageError } from "./usage-error.ts";

/** `kasm-vdi`, also `kubectl kasm`: what is wrong with Kasm Workspaces and desktops on a cluster, why, and what to do. */

const isPlugin = basename(process.argv[1] ?? "").startsWith("kubectl-");
const program = new Command(isPlugin ? "kubectl kasm" : "kasm-vdi")
  .description(
    "Finds out why Kasm Workspaces and GPU desktops on K3s do not work, and what to do about it. Reads only, unless told to --apply.",
  )
  .exitOverride()
  .addHelpText(
    "after",
    "\nExit codes: 0 healthy, 1 own error, 2 bad usage, 3 failures, 4 warnings only, 5 could not see enough.",
  );

addPreflight(program);
addDiagnose(program);
addValidate(program);
addSnapshot(program);
addExplain(program);
addCompletion(program);

// Whoever reads only the beginning, such as `head`, is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit();
  throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : exitCodes.usage;
  else {
    const isUsage = error instanceof UsageError;
    console.error(`error: ${isUsage ? error.message : sentenceOf(error)}`);
    process.exitCode = isUsage ? exitCodes.usage : exitCodes.ownError;
  }
}
