import type { DiffKind } from "../rpc/provider.ts";
import type { PropertyMap, PropertyValue } from "../rpc/property.ts";
import { isObject, isUnknown, sameValue } from "../rpc/property.ts";
import type { Path } from "./replace-rules.ts";

export interface Difference {
  path: Path;
  kind: "add" | "update" | "delete";
  /** New value; null for a deletion. */
  value: PropertyValue;
}

/**
 * What changes between the live object (cut down to what the program says) and the new inputs, property by property: a new map or list
 * is one addition at its root, lists are compared element by element. A null input counts as absent.
 */
export function differences(live: PropertyMap, inputs: PropertyMap): Difference[] {
  return [...compareMaps([], live, inputs)];
}

function* compareMaps(path: Path, live: PropertyMap, inputs: PropertyMap): Generator<Difference> {
  for (const key of new Set([...Object.keys(live), ...Object.keys(inputs)])) {
    yield* compare([...path, key], own(live, key), own(inputs, key));
  }
}

function* compareLists(path: Path, live: PropertyValue[], inputs: PropertyValue[]): Generator<Difference> {
  for (let index = 0; index < Math.max(live.length, inputs.length); index++) {
    yield* compare([...path, index], live[index], inputs[index]);
  }
}

function* compare(
  path: Path,
  live: PropertyValue | undefined,
  input: PropertyValue | undefined,
): Generator<Difference> {
  if (input === undefined || input === null) {
    if (live !== undefined && live !== null) yield { path, kind: "delete", value: null };
  } else if (isUnknown(input)) {
    yield { path, kind: live === undefined ? "add" : "update", value: null };
  } else if (live === undefined) {
    yield { path, kind: "add", value: input };
  } else if (isObject(live) && isObject(input)) {
    yield* compareMaps(path, live, input);
  } else if (Array.isArray(live) && Array.isArray(input)) {
    yield* compareLists(path, live, input);
  } else if (!sameValue(live, input)) {
    yield { path, kind: "update", value: input };
  }
}

function own(map: PropertyMap, key: string): PropertyValue | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

/** A path as the engine writes it: `spec.ports[0].port`, `metadata.annotations["pulumi.com/skipAwait"]`. */
export function formatPath(path: Path): string {
  return path.reduce<string>((written, step) => {
    if (typeof step === "number") return `${written}[${step}]`;
    if (/[."[\]]/.test(step)) return `${written}["${step.replaceAll('"', '\\"')}"]`;
    return written === "" ? step : `${written}.${step}`;
  }, "");
}

/** The reverse of formatPath; `*` in place of a step matches any. Used for the option `ignoreChanges`. */
export function parsePath(written: string): Path {
  const steps: Path = [];
  for (const match of written.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+|\*)\]|([^.[\]]+)/g)) {
    const [, quoted, index, name = ""] = match;
    if (quoted !== undefined) steps.push(quoted.replaceAll('\\"', '"'));
    else if (index !== undefined) steps.push(index === "*" ? "*" : Number(index));
    else steps.push(name);
  }
  return steps;
}

/** Whether `ignored` covers `path`: the same place or one above it. */
export function covers(ignored: Path, path: Path): boolean {
  return ignored.length <= path.length && ignored.every((step, index) => step === "*" || step === path[index]);
}

export function diffKind(difference: Difference, replaces: boolean): DiffKind {
  return replaces ? `${difference.kind}-replace` : difference.kind;
}
