import { distance } from "fastest-levenshtein";
import { z } from "zod";

/** Namespace of the program's keys: the project's name. */
export const configNamespace = "kasm-vdi";

/** One thing that is wrong with a config. `key` is the full name, such as `kasm-vdi:nodePools[1].count`. */
export interface ConfigProblem {
  readonly key: string;
  readonly message: string;
}

/** Everything that is wrong with one config, in one message. */
export class ConfigError extends Error {
  readonly problems: readonly ConfigProblem[];

  constructor(origin: string, problems: readonly ConfigProblem[]) {
    super(describe(origin, problems));
    this.name = "ConfigError";
    this.problems = problems;
  }
}

/** `["nodePools", 1, "count"]` -> `kasm-vdi:nodePools[1].count` */
export function keyName(path: readonly PropertyKey[]): string {
  const name = path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    return text === "" ? String(part) : `${text}.${String(part)}`;
  }, "");
  return `${configNamespace}:${name}`;
}

/** Turns what zod found into sentences: what is there, what is allowed, and the nearest key for a typo. */
export function problemsOf(error: z.ZodError, schema: z.ZodType, source: unknown): ConfigProblem[] {
  return error.issues.flatMap((issue) => {
    if (issue.code === "unrecognized_keys")
      return issue.keys.map((key) => ({
        key: keyName([...issue.path, key]),
        message: unknownKey(key, keysAt(schema, issue.path)),
      }));
    const value = valueAt(source, issue.path);
    // a record's key is checked on its own; its message says what the key, not the value, has to be
    const allowed = issue.code === "invalid_key" ? (issue.issues[0]?.message ?? issue.message) : issue.message;
    const found = issue.code === "invalid_key" ? issue.path.at(-1) : value;
    const at = schemaAt(schema, issue.path);
    return {
      key: keyName(issue.path),
      message:
        found === undefined
          ? `missing; must be ${allowed}`
          : `${shown(found, at)}, but must be ${allowed}${hintFor(found, at)}`,
    };
  });
}

function describe(origin: string, problems: readonly ConfigProblem[]): string {
  const width = Math.max(...problems.map((problem) => problem.key.length));
  const lines = problems.map((problem) => `  ${problem.key.padEnd(width)}  ${problem.message}`);
  return [`${origin}: ${problems.length} ${problems.length === 1 ? "problem" : "problems"}`, ...lines].join("\n");
}

function unknownKey(key: string, known: readonly string[]): string {
  const nearest = known.toSorted((a, b) => spelling(key, a) - spelling(key, b))[0];
  const isTypo = nearest !== undefined && spelling(key, nearest) <= Math.max(2, key.length / 3);
  return isTypo ? `unknown key; did you mean ${nearest}?` : `unknown key; known are ${known.join(", ")}`;
}

function spelling(a: string, b: string): number {
  return distance(a.toLowerCase(), b.toLowerCase());
}

function keysAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] {
  const group = schemaAt(schema, path);
  return Object.keys(group ? shapeOf(group) : {});
}

/** The value as JSON; where the schema knows a secret, at the place or below it, only that there is something. */
function shown(value: unknown, schema: z.core.$ZodType | undefined): string {
  const isHidden = (schema && holdsSecret(schema)) || holdsPassword(value);
  return isHidden ? "what is there (not shown, as it may be secret)" : JSON.stringify(value);
}

/** `user:password@host`, in whatever key it was written. */
function holdsPassword(value: unknown): boolean {
  const [before = "", ...after] = JSON.stringify(value).split("@");
  return after.length > 0 && before.replace("://", "").includes(":");
}

function holdsSecret(schema: z.core.$ZodType): boolean {
  const present = unwrapped(schema);
  const { isSecret, mayHoldSecret } = z.globalRegistry.get(present) ?? {};
  if (isSecret === true || mayHoldSecret === true) return true;
  const parts = present instanceof z.ZodArray ? [present.element] : Object.values(shapeOf(present));
  return parts.some(holdsSecret);
}

function schemaAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): z.core.$ZodType | undefined {
  return path.reduce<z.core.$ZodType | undefined>((at, part) => at && inside(at, part), schema);
}

function inside(schema: z.core.$ZodType, part: PropertyKey): z.core.$ZodType | undefined {
  const present = unwrapped(schema);
  if (present instanceof z.ZodRecord) return present.valueType;
  return present instanceof z.ZodArray ? present.element : shapeOf(present)[String(part)];
}

function shapeOf(schema: z.core.$ZodType): z.core.$ZodShape {
  const present = unwrapped(schema);
  return present instanceof z.ZodObject ? present.shape : {};
}

/** What to write instead, where it can be told. */
function hintFor(value: unknown, schema: z.core.$ZodType | undefined): string {
  const { hint: tell } = (schema && z.globalRegistry.get(unwrapped(schema))) ?? {};
  const hint = typeof tell === "function" ? (tell as (value: unknown) => string | undefined)(value) : undefined;
  return hint === undefined ? "" : `: ${hint}`;
}

/** The schema below its defaults. */
export function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  const isWrapper =
    schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault;
  return isWrapper ? unwrapped(schema.unwrap()) : schema;
}

function valueAt(source: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === "object" && value !== null ? (value as Record<PropertyKey, unknown>)[part] : undefined,
    source,
  );
}
