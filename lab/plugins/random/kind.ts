import type { CheckFailure } from "../rpc/provider.ts";
import type { PropertyMap, PropertyValue } from "../rpc/property.ts";

/** One resource type of the random package: everything about it is decided by pure functions over its settings. */
export interface RandomKind {
  /** Every input with the value it has when the program leaves it out; null where it then is absent from state. */
  readonly inputs: Readonly<Record<string, PropertyValue>>;
  /** Outputs that a preview cannot know, and whether state must encrypt them. */
  readonly outputs: Readonly<Record<string, { secret: boolean }>>;
  /** Version that the official plugin notes in state; undefined where it notes none. */
  readonly schemaVersion?: number;
  /** What is wrong with the settings. Unknown values are not judged. */
  validate(settings: PropertyMap): CheckFailure[];
  /** Fresh values for all of `outputs`; the settings are known. */
  generate(settings: PropertyMap): PropertyMap | Promise<PropertyMap>;
  id(outputs: PropertyMap): string;
  /** Settings and outputs of an existing value, from what a user gives to `pulumi import`. */
  adopt(importId: string): Adopted | Promise<Adopted>;
}

export interface Adopted {
  inputs: PropertyMap;
  outputs: PropertyMap;
}

/** Given inputs over the defaults; absent ones are left out. `undefined` never appears. */
export function settingsOf(kind: RandomKind, given: PropertyMap): PropertyMap {
  const entries = Object.entries(kind.inputs).map(([name, fallback]): [string, PropertyValue] => [
    name,
    given[name] ?? fallback,
  ]);
  return Object.fromEntries(entries.filter(([, value]) => value !== null));
}

/** A failure for each named setting that is known and not a whole number of at least `minimum`. */
export function wholeNumbers(settings: PropertyMap, names: string[], minimum: number): CheckFailure[] {
  return names.flatMap((property) => {
    const value = settings[property] ?? null;
    if (typeof value === "object" && value !== null) return [];
    if (typeof value === "number" && Number.isInteger(value) && value >= minimum) return [];
    return [{ property, reason: `must be a whole number of at least ${minimum}, not ${JSON.stringify(value)}` }];
  });
}

/** The text, or an empty one for anything else. */
export function textOf(value: PropertyValue | undefined): string {
  return typeof value === "string" ? value : "";
}
