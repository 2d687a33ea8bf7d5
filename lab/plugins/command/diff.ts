import type { PropertyMap, PropertyValue } from "../rpc/property.ts";
import { isObject, isSecret, sameValue } from "../rpc/property.ts";
import type { DiffKind, DiffResponse } from "../rpc/provider.ts";

type DetailedDiff = NonNullable<DiffResponse["detailedDiff"]>;

/**
 * Every changed input by path; any of them runs `update` (or `create` again), a changed trigger replaces. A value that became secret
 * is a change too: state would keep the old outputs in clear otherwise.
 */
export function diffInputs(olds: PropertyMap, news: PropertyMap): DiffResponse {
  const detailedDiff: DetailedDiff = {};
  compareMaps(olds, news, "", (path, kind) => {
    const replaces = /^triggers(\[|$)/.test(path);
    detailedDiff[path] = { kind: replaces ? `${kind}-replace` : kind };
  });
  return { changes: Object.keys(detailedDiff).length > 0, detailedDiff };
}

type Report = (path: string, kind: Extract<DiffKind, "add" | "delete" | "update">) => void;

function compareMaps(olds: PropertyMap, news: PropertyMap, path: string, report: Report): void {
  for (const key of new Set([...Object.keys(olds), ...Object.keys(news)])) {
    compare(olds[key], news[key], path + step(key, path === ""), report);
  }
}

function compare(old: PropertyValue | undefined, now: PropertyValue | undefined, path: string, report: Report): void {
  if (old === undefined) report(path, "add");
  else if (now === undefined) report(path, "delete");
  else if (isObject(old) && isObject(now)) compareMaps(old, now, path, report);
  else if (Array.isArray(old) && Array.isArray(now)) {
    for (let index = 0; index < Math.max(old.length, now.length); index++) {
      compare(old[index], now[index], `${path}[${index}]`, report);
    }
  } else if (isSecret(old) !== isSecret(now) || !sameValue(old, now)) report(path, "update");
}

/** A path step as the engine writes it: names with other characters are quoted. */
function step(key: string, isFirst: boolean): string {
  if (!/^[A-Za-z_$][\w$]*$/.test(key)) return `[${JSON.stringify(key)}]`;
  return isFirst ? key : `.${key}`;
}
