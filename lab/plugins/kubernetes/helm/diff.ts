import { isObject, isUnknown, reveal, sameValue } from "../../rpc/property.ts";
import type { PropertyMap, PropertyValue } from "../../rpc/property.ts";
import type { DiffKind, DiffResponse } from "../../rpc/provider.ts";

type Kind = "add" | "delete" | "update";
type Report = (path: string, kind: Kind, inputDiff?: boolean) => void;

const replacing = new Set(["name", "namespace"]);

/**
 * What an update would change: new inputs against the old state, which after a refresh knows of values changed behind
 * our back; and removals against the old inputs, since the state holds more than was ever asked for. This is the
 * three-way merge of the official provider (helm_release.go, convertPatchToDiff), and gives the same property paths.
 */
export function compareRelease(oldInputs: PropertyMap, oldState: PropertyMap, newInputs: PropertyMap): DiffResponse {
  const detailedDiff: NonNullable<DiffResponse["detailedDiff"]> = {};
  const report: Report = (path, kind, inputDiff = false) => {
    const fullKind: DiffKind = replacing.has(path) ? `${kind}-replace` : kind;
    detailedDiff[path] = { kind: fullKind, inputDiff };
  };
  diffMaps("", reveal(oldState), reveal(newInputs), reveal(oldInputs), report);
  return { changes: Object.keys(detailedDiff).length > 0, detailedDiff };
}

function diffMaps(path: string, old: PropertyMap, news: PropertyMap, oldInputs: PropertyMap, report: Report): void {
  for (const [key, value] of Object.entries(news)) {
    const at = join(path, key);
    if (!Object.hasOwn(old, key)) report(at, value === null ? "delete" : "add", value === null);
    else diffValues(at, old[key] ?? null, value, oldInputs[key], report);
  }
  for (const key of Object.keys(oldInputs)) if (!Object.hasOwn(news, key)) report(join(path, key), "delete", true);
}

function diffValues(
  path: string,
  old: PropertyValue,
  value: PropertyValue,
  oldInput: PropertyValue | undefined,
  report: Report,
): void {
  if (isUnknown(value)) report(path, "update");
  else if (isObject(old) && isObject(value)) diffMaps(path, old, value, isObject(oldInput) ? oldInput : {}, report);
  else if (Array.isArray(old) && Array.isArray(value))
    diffLists(path, old, value, Array.isArray(oldInput) ? oldInput : [], report);
  else if (value === null && old !== null) report(path, "delete", true);
  else if (!sameValue(old, value)) report(path, "update");
}

// Lists are set as a whole; going into them only names what differs.
function diffLists(
  path: string,
  old: PropertyValue[],
  news: PropertyValue[],
  oldInputs: PropertyValue[],
  report: Report,
): void {
  if (sameValue(old, news)) return;
  for (let index = 0; index < Math.max(old.length, news.length); index += 1) {
    const at = `${path}[${index}]`;
    const before = old[index];
    const after = news[index];
    if (before === undefined) report(at, "add");
    else if (after === undefined) report(at, "delete", true);
    else diffValues(at, before, after, isObject(before) ? before : oldInputs[index], report);
  }
}

function join(path: string, key: string): string {
  if (/[."[\]]/.test(key)) return `${path}["${key.replaceAll('"', '\\"')}"]`;
  return path === "" ? key : `${path}.${key}`;
}
