import { untrusted } from "../../kube/untrusted-text.ts";

/**
 * Mode of a volume's directory by the setup script of local-path, as four octal digits; undefined where the script makes it in a
 * way that is not understood. The same script sets the parent directory's mode, `chmod 700 "${VOL_DIR}/.."`: that keeps other
 * users of the node out, and no container, for the kubelet, which is root, mounts the directory below it.
 */
export function directoryMode(setup: string): string | undefined {
  let mask = 0o022;
  let mode: number | "unknown" | undefined;
  for (const words of commandsOf(untrusted(setup))) {
    const [program, ...rest] = words;
    if (program === "umask") mask = octal(rest[0] ?? "") ?? mask;
    if (rest.some((it) => it.includes("/.."))) continue;
    if (program === "mkdir" || (program === "install" && rest.some((it) => /^-\w*d|^--directory$/.test(it))))
      mode = made(rest, program === "mkdir" ? 0o777 & ~mask : 0o755);
    if (program === "chmod") mode = changed(rest, mode);
  }
  return typeof mode === "number" ? mode.toString(8).padStart(4, "0") : undefined;
}

/** Each command of a script as words, without comments and quotes. */
function commandsOf(script: string): string[][] {
  return script
    .split("\n")
    .filter((line) => !line.trimStart().startsWith("#"))
    .flatMap((line) => line.split(/&&|\|\||;|\bthen\b|\bdo\b/))
    .map((it) => it.replace(/["']/g, "").split(/\s+/).filter(Boolean))
    .map(([program = "", ...rest]) => [program.split("/").at(-1) ?? "", ...rest]);
}

function made(words: readonly string[], byDefault: number): number | "unknown" {
  for (const [index, word] of words.entries()) {
    const [, same] = /^--mode=(.+)$|^-\w*m(\d.*)$/.exec(word)?.filter(Boolean) ?? [];
    const next = /^--mode$|^-\w*m$/.test(word) ? words[index + 1] : undefined;
    const text = same ?? next;
    if (text !== undefined) return modeOf(text, 0o777);
  }
  return byDefault;
}

function changed(words: readonly string[], before: number | "unknown" | undefined): number | "unknown" {
  const text = words.find((it) => !/^-[A-Za-z-]{2,}$|^-[RvfcH]$/.test(it)) ?? "";
  return modeOf(text, typeof before === "number" ? before : 0o755);
}

function modeOf(text: string, before: number): number | "unknown" {
  return octal(text) ?? symbolic(text, before) ?? "unknown";
}

function octal(text: string): number | undefined {
  return /^[0-7]{1,4}$/.test(text) ? Number.parseInt(text, 8) : undefined;
}

/** `a+rwx`, `u=rwx,go=rx` */
function symbolic(text: string, before: number): number | undefined {
  let mode = before;
  for (const part of text.split(",")) {
    const [, who = "", sign, rights = ""] = /^([ugoa]{0,4})([-+=])([rwxX]{0,4})$/.exec(part) ?? [];
    if (sign === undefined) return undefined;
    const bits = Array.from(rights.toLowerCase()).reduce((sum, it) => sum | ({ r: 4, w: 2, x: 1 }[it] ?? 0), 0);
    const shifts = Array.from(who === "" || who.includes("a") ? "ugo" : who).map(
      (it) => ({ u: 6, g: 3, o: 0 })[it] ?? 0,
    );
    for (const shift of shifts) {
      if (sign === "=") mode &= ~(7 << shift);
      mode = sign === "-" ? mode & ~(bits << shift) : mode | (bits << shift);
    }
  }
  return mode;
}
