import { randomInt } from "node:crypto";

import type { CheckFailure } from "../rpc/provider.ts";
import type { PropertyMap } from "../rpc/property.ts";
import type { RandomKind } from "./kind.ts";
import { textOf, wholeNumbers } from "./kind.ts";

const characters = {
  upper: "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
  lower: "abcdefghijklmnopqrstuvwxyz",
  numeric: "0123456789",
  special: "!@#$%&*()-_=+[]{}<>:?",
};
type CharacterClass = keyof typeof characters;
const classes: [CharacterClass, string][] = [
  ["upper", "minUpper"],
  ["lower", "minLower"],
  ["numeric", "minNumeric"],
  ["special", "minSpecial"],
];

const inputs = {
  keepers: null,
  length: null,
  lower: true,
  minLower: 0,
  minNumeric: 0,
  minSpecial: 0,
  minUpper: 0,
  number: null,
  numeric: null,
  overrideSpecial: null,
  special: true,
  upper: true,
};

/** `RandomString`: the text is also its id and is shown in clear. */
export const randomString: RandomKind = {
  inputs,
  outputs: { result: { secret: false }, id: { secret: false } },
  schemaVersion: 2,
  validate,
  generate: (settings) => stringOutputs(randomText(settings)),
  id: (outputs) => textOf(outputs.result),
  adopt: (text) => ({ inputs: adoptedSettings(text), outputs: stringOutputs(text) }),
};

/** `RandomPassword`: the text is secret, and its bcrypt hash goes with it. */
export const randomPassword: RandomKind = {
  inputs,
  outputs: { result: { secret: true }, bcryptHash: { secret: true }, id: { secret: false } },
  schemaVersion: 3,
  validate,
  generate: (settings) => passwordOutputs(randomText(settings)),
  id: () => "none",
  adopt: async (text) => ({ inputs: adoptedSettings(text), outputs: await passwordOutputs(text) }),
};

/** `number` is the old name of `numeric`; state carries both. */
export function withNumeric(settings: PropertyMap): PropertyMap {
  const numeric = settings.numeric ?? settings.number ?? true;
  return { ...settings, numeric, number: settings.number ?? numeric };
}

/**
 * A text that has each minimum of its class (also of a class that is otherwise off, as the official plugin has it), the rest from
 * all classes that are on, in random order. Drawn from the system's cryptographic generator without bias.
 */
export function randomText(settings: PropertyMap, draw: (below: number) => number = randomInt): string {
  const full = withNumeric(settings);
  const override = textOf(full.overrideSpecial);
  const alphabets = { ...characters, special: override === "" ? characters.special : override };
  const pick = (alphabet: string[]) => alphabet[draw(alphabet.length)] ?? "";
  const text = classes.flatMap(([name, minimum]) => {
    const alphabet = Array.from(alphabets[name]);
    return Array.from({ length: Number(full[minimum] ?? 0) }, () => pick(alphabet));
  });
  const all = Array.from(
    classes
      .filter(([name]) => full[name] === true)
      .map(([name]) => alphabets[name])
      .join(""),
  );
  while (text.length < Number(full.length)) text.push(pick(all));
  return shuffled(text, draw).join("");
}

function validate(settings: PropertyMap): CheckFailure[] {
  const minimums = classes.map(([, minimum]) => minimum);
  const failures = [...wholeNumbers(settings, ["length"], 1), ...wholeNumbers(settings, minimums, 0)];
  if (failures.length > 0) return failures;

  const sum = minimums.reduce((total, name) => total + Number(settings[name]), 0);
  if (sum > Number(settings.length)) {
    failures.push({ property: "length", reason: `is ${Number(settings.length)}, but the minimums add up to ${sum}` });
  }
  const { number, numeric } = settings;
  if (typeof number === "boolean" && typeof numeric === "boolean" && number !== numeric) {
    failures.push({ property: "number", reason: "is the old name of numeric and differs from it; set numeric only" });
  }
  const full = withNumeric(settings);
  if (classes.every(([name]) => full[name] === false)) {
    failures.push({ property: "special", reason: "at least one of special, upper, lower and numeric must be true" });
  }
  return failures;
}

function stringOutputs(text: string): PropertyMap {
  return { result: text, id: text };
}

async function passwordOutputs(text: string): Promise<PropertyMap> {
  const { hash } = await import("bcryptjs");
  return { result: text, bcryptHash: await hash(text, 10), id: "none" };
}

function adoptedSettings(text: string): PropertyMap {
  return { length: Array.from(text).length };
}

function shuffled<Item>(items: Item[], draw: (below: number) => number): Item[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last--) {
    const other = draw(last + 1);
    [result[last], result[other]] = [result[other] as Item, result[last] as Item];
  }
  return result;
}
