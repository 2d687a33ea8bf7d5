import { quotedWord } from "./words.ts";
import type { CommandWords, OptionWords, Words } from "./words.ts";

export function zshScript({ program, commands }: Words): string {
  const name = program.replace(/-/g, "_");
  return `#compdef ${program}
# source <(${program} completion zsh), after compinit
_${name}() {
  local -a commands
  commands=(
${commands.map((it) => `    ${quotedWord(`${it.name}:${it.description}`)}`).join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${commands.map(commandCase).join("\n")}
  esac
}
compdef _${name} ${program}
`;
}

function commandCase({ name, options, values }: CommandWords): string {
  const argument = values.length > 0 ? [quotedWord(`1:value:(${values.join(" ")})`)] : [];
  return `    ${name}) _arguments ${[...options.map(optionPart), ...argument].join(" ")} ;;`;
}

function optionPart({ flag, short, description, takesValue, values, isFile }: OptionWords): string {
  const text = description.replace(/[[\]:]/g, "\\$&");
  const value = !takesValue ? "" : isFile ? ":file:_files" : `:value:(${values.join(" ")})`;
  const one = (name: string) => quotedWord(`${name}[${text}]${value}`);
  return [flag, ...(short === undefined ? [] : [short])].map(one).join(" ");
}
