import { untrusted } from "../../kube/untrusted-text.ts";
import { changedMode, umaskOf } from "./file-mode.ts";

/**
 * Mode of a volume's directory by the setup script of local-path, as four octal digits; undefined for a script that is not
 * understood. The same script sets the parent directory's mode, `chmod 700 "${VOL_DIR}/.."`: that keeps other users of the node
 * out, and no container, for the kubelet, which is root, mounts the directory below it.
 */
export function directoryMode(setup: string): string | undefined {
  const run = new Run();
  for (const command of commandsOf(untrusted(setup))) if (!run.understands(command)) return undefined;
  return run.mode?.toString(8).padStart(4, "0");
}

/** The script's commands as words; keywords and parentheses are commands of their own. */
function commandsOf(script: string): string[][] {
  const parts: (string | undefined)[] = script
    .replace(/\\\n/g, " ")
    .replace(/(^|\s)#.*$/gm, "$1")
    .replace(/\$\{(\w+)\}/g, "$$$1")
    .split(/\n|;|&&|\|\||(?<!\$)([()])|\b(if|then|elif|else|fi|while|until|for|do|done|case|esac)\b/);
  return parts
    .map((command) => (command ?? "").trim().replace(/["']/g, ""))
    .filter((command) => command !== "")
    .map((command) => command.split(/\s+/));
}

/** What asks or tells about the volume, or gives it to a user, and changes no mode. */
const keepsMode = /^(?:\[|\[\[|test|echo|printf|ls|cd|chown|chgrp|chcon|restorecon|stat|sync)$/;
/** What may run anything. */
const runsAnything = /^(?:eval|source|\.|sh|bash|exec|xargs)$/;

/** A script as it goes on, line by line. */
class Run {
  /** Of the volume's directory; undefined before it is made. */
  mode: number | undefined;
  #umask = 0o022;
  /** Umasks outside of the parentheses that are open. */
  readonly #outer: number[] = [];
  /** Inside of a loop, or of one of several branches: what stands there may or may not be done. */
  #isOpen = false;

  /** Takes one command. @returns false for what it cannot tell the outcome of */
  understands([program = "", ...rest]: readonly string[]): boolean {
    const name = program.slice(program.lastIndexOf("/") + 1);
    if (name === "(") this.#outer.push(this.#umask);
    else if (name === ")") this.#umask = this.#outer.pop() ?? this.#umask;
    else if (/^(?:elif|else|while|until|for|case)$/.test(name)) this.#isOpen = true;
    else if (/^(?:fi|done|esac)$/.test(name)) this.#isOpen = false;
    else if (name === "umask") return this.#takeUmask(rest);
    else if (runsAnything.test(name) || rest.some((word) => word.startsWith("<<"))) return false;
    else if (rest.some(isVolume) && !keepsMode.test(name)) return !this.#isOpen && this.#takeMode(name, rest);
    return true;
  }

  #takeUmask(rest: readonly string[]): boolean {
    const umask = umaskOf(rest.find((word) => word !== "-S") ?? "");
    if (umask !== undefined) this.#umask = umask;
    return umask !== undefined && !this.#isOpen;
  }

  #takeMode(name: string, rest: readonly string[]): boolean {
    const { mode, isDirectory, words } = optionsOf(rest);
    const given = mode === undefined ? undefined : changedMode(0o777, mode, this.#umask);
    if (mode !== undefined && given === undefined) return false;
    // A directory that is there keeps its mode.
    if (name === "mkdir") this.mode ??= given ?? 0o777 & ~this.#umask;
    // Its default follows no umask.
    else if (name === "install" && isDirectory) this.mode = given ?? 0o755;
    else if (name === "chmod") this.mode = changedMode(this.mode ?? 0o755, words[0] ?? "", this.#umask);
    else return false;
    return this.mode !== undefined;
  }
}

/** The directory itself, and not what lies above or in it. */
function isVolume(word: string): boolean {
  return /^\$\w+\/?$/.test(word);
}

/** `-pm0777` is the flags `p` and the mode `0777`. */
function modeFlag(word: string): [flags: string, mode?: string] {
  const at = word.indexOf("m");
  const flags = word.slice(1, at);
  return word.startsWith("-") && at > 0 && /^[a-zA-Z]*$/.test(flags) ? [flags, word.slice(at + 1)] : [""];
}

/** Options of mkdir and install, and the words beside them. Modes of chmod such as `-w` count as words. */
function optionsOf(rest: readonly string[]): { mode?: string; isDirectory: boolean; words: string[] } {
  let mode: string | undefined;
  let isDirectory = false;
  const words: string[] = [];
  for (let index = 0; index < rest.length; index++) {
    const word = rest[index] ?? "";
    const [, long] = /^--mode(?:=(.+))?$/.exec(word) ?? [];
    const [flags, short] = modeFlag(word);
    if (word.startsWith("--mode") || short !== undefined) mode = long ?? (short || rest[++index]);
    isDirectory ||= word === "--directory" || /^-[a-zA-Z]*d/.test(word) || flags.includes("d");
    if (!/^-(?:-|[a-zA-Z]*$|[a-zA-Z]*m)/.test(word) || /^-[rwxX]+$/.test(word)) words.push(word);
  }
  return { ...(mode !== undefined && { mode }), isDirectory, words };
}
