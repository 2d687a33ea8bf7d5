import type { CommandWords, OptionWords, Words } from "./words.ts";

/** For bash 3.2 and newer, without the bash-completion package. */
export function bashScript({ program, commands }: Words): string {
  const name = program.replace(/-/g, "_");
  const names = [...commands.map((it) => it.name), "help"].join(" ");
  return `# source <(${program} completion bash)
_${name}() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command=\${COMP_WORDS[1]}
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${names}" -- "$current"))
    return
  fi
  case "$command" in
${commands.map(commandCase).join("\n")}
  help) COMPREPLY=($(compgen -W "${commands.map((it) => it.name).join(" ")}" -- "$current")) ;;
  esac
}
complete -F _${name} ${program}
`;
}

function commandCase({ name, options, values }: CommandWords): string {
  const flags = [...options.map(({ flag }) => flag), "--help"].join(" ");
  const valued = options.filter(({ takesValue }) => takesValue);
  return `  ${name})
    case "$previous" in
${valued.map(optionCase).join("\n")}
    esac
    case "$current" in
    -*) COMPREPLY=($(compgen -W "${flags}" -- "$current")) ;;
    *) COMPREPLY=($(compgen -W "${values.join(" ")}" -- "$current")) ;;
    esac ;;`;
}

function optionCase({ flag, short, values, isFile }: OptionWords): string {
  const words = isFile ? '-f -- "$current"' : `-W "${values.join(" ")}" -- "$current"`;
  return `    ${[flag, ...(short === undefined ? [] : [short])].join("|")}) COMPREPLY=($(compgen ${words})); return ;;`;
}
