import { quotedWord } from "./words.ts";
import type { CommandWords, OptionWords, Words } from "./words.ts";

export function fishScript({ program, commands }: Words): string {
  const lines = [
    `# ${program} completion fish | source`,
    `complete -c ${program} -f`,
    ...commands.flatMap((it) => commandLines(program, it)),
  ];
  return `${lines.join("\n")}\n`;
}

function commandLines(program: string, { name, description, options, values }: CommandWords): string[] {
  const inside = `complete -c ${program} -n '__fish_seen_subcommand_from ${name}'`;
  return [
    `complete -c ${program} -n __fish_use_subcommand -a ${name} -d ${fishWord(description)}`,
    ...(values.length > 0 ? [`${inside} -a '${values.join(" ")}'`] : []),
    ...options.map((it) => `${inside} ${optionPart(it)}`),
  ];
}

function optionPart({ flag, short, description, takesValue, values, isFile }: OptionWords): string {
  const value = !takesValue ? "" : isFile ? " -r -F" : values.length > 0 ? ` -x -a '${values.join(" ")}'` : " -x";
  return `-l ${flag.slice(2)}${short === undefined ? "" : ` -s ${short.slice(1)}`}${value} -d ${fishWord(description)}`;
}

function fishWord(text: string): string {
  return quotedWord(text.replaceAll("\\", "\\\\"));
}
