/**
 * `npm run test:engine`: runs the engine tests, a process per file, side by side on two labs: that of this checkout, which has
 * to run, and that of a copy. Most of their time they wait for one thing at a time, and a file needs a lab for itself. A file
 * that fails is run once more when all others are done, and what failed is told again at the very end, where a log that is cut
 * still has it.
 */
import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { Command } from "commander";
import { execa } from "execa";
import { labLayout } from "../../lab/cluster/layout.ts";
import { copyOfCheckout } from "./second-checkout.ts";

/** They take minutes each. Begun first, they do not run on when all else is done. */
const longestFirst = [
  "desktop",
  "stack-edits",
  "kasm-upgrades",
  "program",
  "local-path-storage",
  "kasm-agents",
  "operator-pool",
];

const checkout = join(import.meta.dirname, "..", "..");

await new Command("test:engine")
  .description("Run the tests that need the lab, on two labs at once.")
  .argument("[names...]", "test files by name, without .test.ts (default: all; a few run on this checkout's lab alone)")
  .action(run)
  .parseAsync();

interface Outcome {
  name: string;
  passed: number;
  failed: number;
  /** False also where mocha ended without counting. */
  succeeded: boolean;
  /** All that mocha said of what failed. */
  failures: string;
}

async function run(given: string[]): Promise<void> {
  const queue = inOrder(given.length > 0 ? given : allNames());
  const outcomes: Outcome[] = [];
  const work = async (folder: string) => {
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) outcomes.push(await runFile(folder, name));
  };
  await Promise.all([work(checkout), ...(given.length > 0 && given.length < 4 ? [] : [onSecondLab(work)])]);
  const firstFailures = outcomes.filter(({ succeeded }) => !succeeded);
  const again: Outcome[] = [];
  for (const { name } of firstFailures) again.push(await runFile(checkout, name));
  const last = [...outcomes.filter(({ succeeded }) => succeeded), ...again];
  const sum = (count: (outcome: Outcome) => number) => last.reduce((total, one) => total + count(one), 0);
  const bad = again.filter(({ succeeded }) => !succeeded);
  for (const { name, failures } of [...firstFailures, ...bad]) console.error(`\n${name}:\n${failures}`);
  const names = (some: readonly Outcome[]) => some.map(({ name }) => name).join(", ");
  if (firstFailures.length > bad.length)
    console.error(`\nPassed in a second run only: ${names(again.filter(({ succeeded }) => succeeded))}`);
  if (bad.length > 0) console.error(`\nFailed twice: ${names(bad)}`);
  console.log(`\n${sum(({ passed }) => passed)} passed, ${sum(({ failed }) => failed)} failed`);
  if (bad.length > 0) process.exitCode = 1;
}

async function onSecondLab(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await copyOfCheckout(checkout, join(labLayout(checkout).root, "second-checkout"));
  const lab = (...args: string[]) => execa("node", ["lab/main.ts", ...args], { cwd: folder, all: true });
  try {
    await lab();
    await work(folder);
  } finally {
    await lab("down");
  }
}

/** Runs one file and prints all that it said at its end, so that files do not mix. */
async function runFile(folder: string, name: string): Promise<Outcome> {
  const begun = Date.now();
  const options = ["--require", "./test/engine/lab-environment.ts", "--timeout", "600000", "--slow", "60000"];
  const { all, exitCode } = await execa("mocha", [...options, `test/engine/${name}.test.ts`], {
    cwd: folder,
    preferLocal: true,
    reject: false,
    all: true,
    env: { NODE_COMPILE_CACHE: join(checkout, "node_modules", ".cache", "node") },
  });
  console.log(`\n${all}\n${name}: ${Math.round((Date.now() - begun) / 1000)} s`);
  return {
    ...{ name, passed: count(all, "passing"), failed: count(all, "failing"), succeeded: exitCode === 0 },
    failures: all.slice(Math.max(all.search(/^ {2}\d+ failing/m), 0)),
  };
}

function count(output: string, word: string): number {
  return Number(new RegExp(`^ {2}(\\d+) ${word}`, "m").exec(output)?.[1] ?? 0);
}

function allNames(): string[] {
  const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith(".test.ts"));
  return files.map((file) => basename(file, ".test.ts")).sort();
}

function inOrder(names: string[]): string[] {
  const rank = (name: string) => (longestFirst.includes(name) ? longestFirst.indexOf(name) : longestFirst.length);
  return names.toSorted((one, other) => rank(one) - rank(other));
}
