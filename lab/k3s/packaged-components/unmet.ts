import { isDeepStrictEqual } from "node:util";

type Fields = Record<string, unknown>;

// By these the API server merges the entries of lists.
const mergeKeys = ["name", "mountPath", "containerPort", "port"];

/**
 * The part of a manifest that a live object does not have, as a strategic merge patch; undefined when it has all of it.
 * K3s patches no more than that, and must not: entries that share a merge key, such as a port for TCP and UDP, do not survive
 * a merge of the whole.
 */
export function unmet(wanted: unknown, live: unknown): unknown {
  if (isDeepStrictEqual(wanted, live)) return undefined;
  if (Array.isArray(wanted)) return Array.isArray(live) ? unmetEntries(wanted, live) : wanted;
  return isFields(wanted) && isFields(live) ? unmetFields(wanted, live) : wanted;
}

function unmetFields(wanted: Fields, live: Fields): Fields | undefined {
  const parts = Object.entries(wanted)
    .map(([key, value]) => [key, unmet(value, live[key])] as const)
    .filter(([, part]) => part !== undefined);
  return parts.length > 0 ? Object.fromEntries(parts) : undefined;
}

function unmetEntries(wanted: readonly unknown[], live: readonly unknown[]): unknown[] | undefined {
  if (!wanted.every(isNamed)) {
    const isThere = wanted.length === live.length && wanted.every((entry, at) => unmet(entry, live[at]) === undefined);
    return isThere ? undefined : [...wanted];
  }
  const parts = wanted.flatMap((entry) => {
    const part = unmet(
      entry,
      live.find((other) => isNamed(other) && other["name"] === entry["name"]),
    );
    const keys = Object.entries(entry).filter(([key]) => mergeKeys.includes(key));
    return part === undefined ? [] : [{ ...Object.fromEntries(keys), ...(part as Fields) }];
  });
  return parts.length > 0 ? parts : undefined;
}

function isNamed(entry: unknown): entry is Fields {
  return isFields(entry) && "name" in entry;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
