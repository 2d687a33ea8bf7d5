import { keyName } from "./config.problems.ts";
import type { ConfigProblem } from "./config.problems.ts";
import type { RawConfig } from "./config.schema.ts";
import type { StackConfig } from "./stack-config.ts";

/** A rule between keys. `about` are the keys that it reads: when one of them is wrong in itself, the rule says nothing. */
export interface Rule {
  readonly about: readonly (keyof RawConfig)[];
  /** @param config `raw` with every default filled in */
  check(raw: RawConfig, config: StackConfig): ConfigProblem[];
}

export function problem(path: readonly PropertyKey[], message: string): ConfigProblem {
  return { key: keyName(path), message };
}

/** At most one of the choices may be given. */
export function atMostOneOf(path: readonly PropertyKey[], choices: Readonly<Record<string, unknown>>): ConfigProblem[] {
  const given = Object.keys(choices).filter((key) => choices[key] !== undefined);
  return given.length > 1 ? [problem(path, `has ${given.join(" and ")}; give only one of them`)] : [];
}

/** Problems for each entry that an earlier one equals. */
export function repeated(entries: readonly string[], say: (index: number, first: number) => ConfigProblem) {
  return entries.flatMap((entry, index) => {
    const first = entries.indexOf(entry);
    return first < index ? [say(index, first)] : [];
  });
}
