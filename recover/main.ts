import { createInterface } from "node:readline/promises";
import { Command } from "commander";
import { apiMessage } from "../kube/client.ts";
import { recover } from "./recover.ts";

/** `npm run recover STACK`: what an interrupted `pulumi up` or `destroy` left behind (docs/recover.md). */

const program = new Command("npm run recover")
  .description("Clears away what an interrupted `pulumi up` or `pulumi destroy` left behind, after showing it")
  .argument("<stack>", "as `pulumi stack select` takes it")
  .option("-y, --yes", "do it without asking")
  .action(async (stack: string, { yes }: { yes?: true }) => {
    const isDone = await recover({ stack, folder: process.cwd(), say: console.log, ...(!yes && { confirm: ask }) });
    process.exitCode = isDone ? 0 : 1;
  });

try {
  await program.parseAsync();
} catch (error) {
  console.error(apiMessage(error));
  process.exit(1);
}

async function ask(): Promise<boolean> {
  if (!process.stdin.isTTY) {
    console.log("Nothing was done. Run it with --yes to do this.");
    return false;
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question("Do this? (yes/no) ");
  terminal.close();
  return ["y", "yes"].includes(answer.trim().toLowerCase());
}
