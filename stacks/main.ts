import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { checkStackFile, StackFileError } from "./check.ts";
import { ConfigError } from "./config.ts";
import { projectFile, referencePage } from "./reference.ts";

/** `npm run config`: what can be told about a stack's config without an engine and without a cluster. */

const root = join(import.meta.dirname, "..");

const program = new Command("npm run config --").description("Checks and describes the config of the stacks");

program
  .command("check")
  .description("read Pulumi.STACK.yaml as the program does; print what it amounts to, or everything that is wrong")
  .argument("<stack...>", "name of a stack, such as dev")
  .action((stacks: string[]) => {
    for (const stack of stacks) report(stack);
  });

program
  .command("reference")
  .description("write docs/config-reference.md and the keys of Pulumi.yaml anew from the schema")
  .action(async () => {
    const project = join(root, "Pulumi.yaml");
    await write(join(root, "docs", "config-reference.md"), referencePage());
    await write(project, projectFile(readFileSync(project, "utf8")));
  });

await program.parseAsync();

function report(stack: string): void {
  const file = `Pulumi.${stack}.yaml`;
  try {
    console.log(checkStackFile(file, readFileSync(join(root, file), "utf8")));
  } catch (error) {
    if ((error as { code?: unknown }).code === "ENOENT") {
      console.error(`${file}: there is no such file; is "${stack}" the name of a stack?`);
      process.exitCode = 2;
    } else if (error instanceof ConfigError || error instanceof StackFileError) {
      console.error(error.message);
      process.exitCode = 1;
    } else throw error;
  }
}

async function write(file: string, text: string): Promise<void> {
  // a development dependency, which `check` does without
  const { format, resolveConfig } = await import("prettier");
  writeFileSync(file, await format(text, { ...(await resolveConfig(file)), filepath: file }));
}
