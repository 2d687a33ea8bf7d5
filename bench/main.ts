import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { ExecaError } from "execa";
import { labLayout } from "../lab/cluster/layout.ts";
import { benchPreview } from "./preview.ts";
import { benchUp } from "./up.ts";

/** `npm run bench`: each benchmark prints one line of JSON; progress goes to stderr. */

const layout = labLayout(join(import.meta.dirname, ".."));
const say = (line: string) => console.error(line);

const program = new Command("npm run bench --").description("Benchmarks, each beside a peer in the same run");

program
  .command("preview")
  .description("offline `pulumi preview` of the whole prod stack beside an empty program")
  .option("--runs <count>", "how often", wholeNumber, 5)
  .action(async ({ runs }: { runs: number }) => print(await benchPreview(layout.checkout, runs, say)));

program
  .command("up")
  .description("`pulumi up` of the lab's stack beside `helm install` and `kubectl apply` of the same objects")
  .option("--pairs <count>", "how often", wholeNumber, 3)
  .action(async ({ pairs }: { pairs: number }) => print(await benchUp(layout, pairs, say)));

try {
  await program.parseAsync();
} catch (error) {
  console.error(error instanceof ExecaError ? error.message : error);
  process.exitCode = 1;
}

function print(figures: object): void {
  console.log(JSON.stringify(figures));
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d?$/.test(text)) throw new InvalidArgumentError("must be a whole number from 1 to 99");
  return Number(text);
}
