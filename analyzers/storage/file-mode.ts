/**
 * What `chmod` makes of a mode by `0777`, or by `a+rwx,o-w`.
 *
 * @returns undefined for what is no such change
 */
export function changedMode(mode: number, change: string, umask: number): number | undefined {
  if (/^[0-7]{3,4}$/.test(change)) return Number.parseInt(change, 8);
  let result = mode;
  for (const clause of change.split(",")) {
    const [, who = "", operator = "", what = ""] = /^([ugoa]*)([+=-])([rwxXst]*)$/.exec(clause) ?? [];
    if (operator === "") return undefined;
    // Without a class the umask's bits stay as they are.
    const classes = bitsOf(who) & (who === "" ? ~umask : 0o7777);
    const bits = permissionsOf(what) & classes;
    if (operator === "+") result |= bits;
    else if (operator === "-") result &= ~bits;
    else result = (result & ~(bitsOf(who) & 0o777)) | bits;
  }
  return result;
}

/** `022`, or what is to be allowed: `u=rwx,g=rx,o=rx`. */
export function umaskOf(text: string): number | undefined {
  if (/^[0-7]{1,4}$/.test(text)) return Number.parseInt(text, 8) & 0o777;
  const allowed = changedMode(0, text, 0);
  return allowed === undefined ? undefined : 0o777 & ~allowed;
}

/** All bits of the classes that are named. The sticky bit belongs to nobody. */
function bitsOf(who: string): number {
  const classes = { u: 0o4700, g: 0o2070, o: 0o007, a: 0o6777 };
  if (who === "") return 0o7777;
  return Array.from(who).reduce((sum, letter) => sum | classes[letter as keyof typeof classes], 0o1000);
}

/** A directory has an x for X. */
function permissionsOf(what: string): number {
  const bits = { r: 0o444, w: 0o222, x: 0o111, X: 0o111, s: 0o6000, t: 0o1000 };
  return Array.from(what).reduce((sum, letter) => sum | bits[letter as keyof typeof bits], 0);
}
