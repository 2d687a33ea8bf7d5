import { createInterface } from "node:readline/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { applySteps, runOnCluster } from "../fix/apply.ts";
import { safeSteps } from "../fix/steps.ts";
import type { Report } from "../report.ts";
import { UsageError } from "../usage-error.ts";

interface Options {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly yes?: true;
}

/** `--fix --apply`: asks on the terminal, for nothing is changed without somebody's yes. */
export async function applyFixes(report: Report, diagnose: () => Promise<Report>, options: Options): Promise<Report> {
  const steps = safeSteps(report);
  if (steps.length === 0) {
    console.log("There is no fix that is safe to run without a person. `--fix` alone prints what to do.");
    return report;
  }
  if (!options.yes && !process.stdin.isTTY)
    throw new UsageError(
      "--apply asks before each command, and nobody can answer here. Add --yes to run all safe ones.",
    );
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return await applySteps(steps, report, {
      diagnose,
      ask: async (question) =>
        options.yes === true || /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim()),
      run: (words) => runOnCluster(words, options),
      pause: (seconds) => sleep(seconds * 1_000),
      say: (line) => console.log(line),
    });
  } finally {
    terminal.close();
  }
}
