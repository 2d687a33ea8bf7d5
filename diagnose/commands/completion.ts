import type { Argument, Command, Option } from "commander";
import { Argument as CommandArgument } from "commander";
import { areas } from "../../analyzers/areas.ts";
import { catalog } from "../../analyzers/catalog.ts";
import { bashScript } from "../completion/bash.ts";
import { fishScript } from "../completion/fish.ts";
import type { CommandWords, OptionWords, Words } from "../completion/words.ts";
import { zshScript } from "../completion/zsh.ts";

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;
type Shell = keyof typeof scripts;

export function addCompletion(program: Command): void {
  program
    .command("completion")
    .description("Print a script that completes commands and options: source <(kasm-vdi completion bash)")
    .addArgument(new CommandArgument("<shell>", "shell").choices(Object.keys(scripts)))
    .action((shell: Shell) => {
      process.stdout.write(scripts[shell](wordsOf(program)));
    });
}

/** What can be typed, from the commands themselves. */
export function wordsOf(program: Command): Words {
  return {
    program: "kasm-vdi",
    commands: program.commands.map((command): CommandWords => ({
      name: command.name(),
      description: command.description(),
      options: command.options.filter(({ hidden }) => !hidden).map(optionWords),
      values: command.registeredArguments.flatMap((it) => argumentValues(command.name(), it)),
    })),
  };
}

const files = new Set(["--kubeconfig", "--from", "--file"]);

function optionWords({ long, short, description, argChoices, required, optional }: Option): OptionWords {
  const flag = long ?? "";
  const values = flag === "--disable-check" ? [...Object.keys(areas), ...Object.keys(catalog)] : (argChoices ?? []);
  return { flag, short, description, takesValue: required || optional, values, isFile: files.has(flag) };
}

function argumentValues(command: string, { argChoices }: Argument): readonly string[] {
  return argChoices ?? (command === "explain" ? Object.keys(catalog) : []);
}
