/** Stands where a preview cannot know the value yet. */
export const unknownValue: unique symbol = Symbol("known after `up`");

/** The value at the end of the path; undefined where there is none, `unknownValue` below what is not known. */
export function field(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((at, key) => {
    if (at === unknownValue) return at;
    return typeof at === "object" && at !== null ? (at as Record<string, unknown>)[key] : undefined;
  }, value);
}

/** The items of a list; none for anything else. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The entries of a group; none for anything else. */
export function entries(value: unknown): [string, unknown][] {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
}

export function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

export function isAbsent(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}

/** A value that is no group and no list, and the keys that lead to it. */
export interface Leaf {
  readonly path: readonly string[];
  readonly value: unknown;
}

/** Every value in depth. Items of a list have their index as key. */
export function leaves(value: unknown, path: readonly string[] = []): Leaf[] {
  if (typeof value !== "object" || value === null) return [{ path, value }];
  return Object.entries(value).flatMap(([key, item]) => leaves(item, [...path, key]));
}
