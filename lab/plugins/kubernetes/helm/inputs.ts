import { Unknown, isObject, isSecret, isUnknown, reveal } from "../../rpc/property.ts";
import type { PropertyMap, PropertyValue } from "../../rpc/property.ts";

const texts = ["chart", "description", "keyring", "name", "namespace", "postrender", "version"] as const;
const flags = [
  "allowNullValues",
  "atomic",
  "cleanupOnFail",
  "createNamespace",
  "dependencyUpdate",
  "devel",
  "disableCRDHooks",
  "disableOpenapiValidation",
  "disableWebhooks",
  "forceUpdate",
  "lint",
  "recreatePods",
  "renderSubchartNotes",
  "replace",
  "resetValues",
  "reuseValues",
  "skipAwait",
  "skipCrds",
  "verify",
  "waitForJobs",
] as const;
const repositoryTexts = ["caFile", "certFile", "keyFile", "password", "repo", "username"] as const;

export type RepositoryOpts = Record<(typeof repositoryTexts)[number], string>;

/** The inputs of `kubernetes:helm.sh/v3:Release` with every default in place, free of secret marks. */
export type Release = Record<(typeof texts)[number], string> &
  Record<(typeof flags)[number], boolean> & {
    /** Seconds for each Kubernetes operation of helm. */
    timeout: number;
    maxHistory?: number;
    repositoryOpts?: RepositoryOpts;
    /** May hold Unknown in a preview. */
    values: PropertyMap;
  };

export interface Decoded {
  release: Release;
  /** Inputs of a wrong type, by property. */
  failures: { property: string; reason: string }[];
}

/** Reads a Release from inputs or from state; what is absent or unknown gets its zero value, as in the official provider. */
export function decodeRelease(properties: PropertyMap): Decoded {
  const source = reveal(properties);
  const failures: Decoded["failures"] = [];
  const read = <T>(from: PropertyMap, key: string, zero: T, path = key): T => {
    const value = from[key];
    if (value === undefined || value === null || isUnknown(value)) return zero;
    if (typeof value === typeof zero) return value as T;
    failures.push({ property: path, reason: `must be a ${typeof zero}, not ${describe(value)}` });
    return zero;
  };
  const options = source.repositoryOpts;
  const values = source.values;
  if (values !== undefined && values !== null && !isObject(values) && !isUnknown(values))
    failures.push({ property: "values", reason: `must be an object, not ${describe(values)}` });
  const release: Release = {
    ...(Object.fromEntries(texts.map((key) => [key, read(source, key, "")])) as Record<(typeof texts)[number], string>),
    ...(Object.fromEntries(flags.map((key) => [key, read(source, key, false)])) as Record<
      (typeof flags)[number],
      boolean
    >),
    timeout: read(source, "timeout", 0),
    ...(typeof source.maxHistory === "number" && { maxHistory: source.maxHistory }),
    ...(isObject(options) && {
      repositoryOpts: Object.fromEntries(
        repositoryTexts.map((key) => [key, read(options, key, "", `repositoryOpts.${key}`)]),
      ) as RepositoryOpts,
    }),
    values: isObject(values) ? values : {},
  };
  return { release, failures };
}

/** A Release as properties, zero values included: the official provider stores them all. */
export function encodeRelease(release: Release): PropertyMap {
  return { ...release };
}

/**
 * Puts the unknowns of `inputs` back where `outputs` has the same keys: decoding replaced them by zero values, and a
 * preview must show them as not known yet.
 */
export function markUnknownsLike(inputs: PropertyMap, outputs: PropertyMap): PropertyMap {
  return Object.fromEntries(
    Object.entries(outputs).map(([key, output]) => {
      const input = Object.hasOwn(inputs, key) ? inputs[key] : undefined;
      return [key, input === undefined ? output : unknownsLike(input, output)];
    }),
  );
}

function unknownsLike(input: PropertyValue, output: PropertyValue): PropertyValue {
  if (isSecret(input)) return unknownsLike(input.value, output);
  if (isUnknown(input)) return new Unknown();
  if (isObject(input) && isObject(output)) return markUnknownsLike(input, output);
  if (Array.isArray(input) && Array.isArray(output))
    return output.map((item, index) => (input[index] === undefined ? item : unknownsLike(input[index], item)));
  return output;
}

function describe(value: PropertyValue): string {
  if (Array.isArray(value)) return "a list";
  return isObject(value) ? "an object" : `a ${typeof value}`;
}
