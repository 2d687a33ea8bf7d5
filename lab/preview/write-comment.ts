// Turns the output of `pulumi preview --json` into the comment of a pull request or the body of an issue.
import { existsSync, readFileSync } from "node:fs";
import { Command } from "commander";
import { previewComment } from "./comment.ts";
import { withPolicies } from "./policies.ts";
import { readPreview } from "./steps.ts";

interface Options {
  what: string;
  errors?: string;
  events?: string;
  runUrl?: string;
}

const program = new Command("preview:comment")
  .description("Print the output of `pulumi preview --json` as Markdown, replacements and deletions first.")
  .argument("<stack>", "name of the stack")
  .argument("<file>", "what the engine wrote on its standard output")
  .option("--what <words>", "what was done", "preview")
  .option("--errors <file>", "what the engine wrote on its standard error: shown when the output holds no preview")
  .option("--events <file>", "the engine's event log, for the rules of the policy pack that are broken")
  .option("--run-url <address>", "where the whole log is")
  .action((stack: string, file: string, { what, errors, events, runUrl }: Options) => {
    const document = withPolicies(readPreview(read(file), read(errors)), read(events));
    console.log(previewComment(document, { stack, what, runUrl }));
  });

await program.parseAsync();

/** The engine may have ended before it wrote a file. */
function read(path: string | undefined): string {
  return path !== undefined && existsSync(path) ? readFileSync(path, "utf8") : "";
}
