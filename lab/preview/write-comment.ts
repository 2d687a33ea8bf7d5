// Turns the output of `pulumi preview --json` into the comment of a pull request or the body of an issue.
import { readFileSync } from "node:fs";
import { Command } from "commander";
import { previewComment } from "./comment.ts";
import { readPreview } from "./steps.ts";

interface Options {
  what: string;
  errors?: string;
  runUrl?: string;
}

const program = new Command("preview:comment")
  .description("Print the output of `pulumi preview --json` as Markdown, replacements and deletions first.")
  .argument("<stack>", "name of the stack")
  .argument("<file>", "what the engine wrote on its standard output")
  .option("--what <words>", "what was done", "preview")
  .option("--errors <file>", "what the engine wrote on its standard error: shown when the output holds no preview")
  .option("--run-url <address>", "where the whole log is")
  .action((stack: string, file: string, { what, errors, runUrl }: Options) => {
    const read = (path: string) => readFileSync(path, "utf8");
    console.log(previewComment(documentIn(read(file), errors ? read(errors) : ""), { stack, what, runUrl }));
  });

await program.parseAsync();

/** An engine that fails early gives no document: what it says instead is the error. */
function documentIn(stdout: string, stderr: string) {
  try {
    return readPreview(stdout, stderr);
  } catch (error) {
    return { diagnostics: [{ severity: "error", message: error instanceof Error ? error.message : String(error) }] };
  }
}
