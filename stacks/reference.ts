import { parseDocument } from "yaml";
import { z } from "zod";
import { configNamespace, unwrapped } from "./config.problems.ts";
import { configSchema } from "./config.schema.ts";

/** One key of the config, as people look it up. */
export interface KeyReference {
  /** `kasm.backup.schedule`; `[]` stands for each entry of a list. */
  readonly key: string;
  /** What it must be: "a whole number, 1 or more". */
  readonly allowed: string;
  /** JSON; absent where there is none, or where it follows from other keys. */
  readonly defaultValue?: string;
  readonly isRequired: boolean;
  readonly isSecret: boolean;
  readonly description: string;
}

interface Meta {
  readonly allowed?: string;
  readonly description?: string;
  readonly isSecret?: boolean;
}

/** Every key, groups before what is in them. */
export function keyReferences(schema: z.core.$ZodType = configSchema, prefix = ""): KeyReference[] {
  const present = unwrapped(schema);
  if (present instanceof z.ZodArray) return keyReferences(present.element, `${prefix}[]`);
  if (!(present instanceof z.ZodObject)) return [];
  return Object.entries(present.shape as z.core.$ZodShape).flatMap(([name, entry]) => {
    const key = prefix === "" ? name : `${prefix}.${name}`;
    return [reference(key, entry), ...keyReferences(entry, key)];
  });
}

/** The page docs/config-reference.md. */
export function referencePage(references = keyReferences()): string {
  const rows = references.map(
    ({ key, allowed, defaultValue, isRequired, isSecret, description }) =>
      `| \`${key}\` | ${isRequired ? "**required**; " : ""}${isSecret ? "secret; " : ""}${allowed} | ${defaultValue === undefined ? "" : `\`${defaultValue}\``} | ${description} |`,
  );
  return [
    "# Config reference",
    "",
    "Every key of the namespace `kasm-vdi`, made from the program's schema by `npm run config reference`. [config.md](config.md) tells",
    "how to use them. A list's entries are written `[]`.",
    "",
    "| Key | Must be | Default | Meaning |",
    "| --- | --- | --- | --- |",
    ...rows,
    "",
  ].join("\n");
}

/** Pulumi.yaml with the key list of the program put in place of the one that is there. */
export function projectFile(text: string, references = keyReferences()): string {
  const document = parseDocument(text);
  const topLevel = references.filter(({ key }) => !/[.[]/.test(key));
  const keys = topLevel.map(({ key, allowed, isRequired, description }) => {
    const within = references.flatMap((entry) => entry.key.match(`^${key}(?:\\[\\])?\\.(\\w+)$`)?.[1] ?? []);
    const shape = within.length > 0 ? `${capital(allowed)} {${within.join(", ")}}` : capital(allowed);
    return [
      `${configNamespace}:${key}`,
      { description: `${isRequired ? "Required. " : ""}${shape}. ${description}`, default: "" },
    ];
  });
  // nodes, not plain objects, keep the comments around them
  const { commentBefore } = (document.get("config", true) ?? {}) as { commentBefore?: string };
  const config = document.createNode(Object.fromEntries(keys));
  if (commentBefore !== undefined) config.commentBefore = commentBefore;
  document.set("config", config);
  return document.toString({ lineWidth: 120 });
}

function reference(key: string, schema: z.core.$ZodType): KeyReference {
  const inner = unwrapped(schema);
  const meta: Meta = { ...z.globalRegistry.get(inner), ...z.globalRegistry.get(schema) };
  const fallback = defaultOf(schema);
  return {
    key,
    allowed: meta.allowed ?? "",
    ...(fallback !== undefined && { defaultValue: fallback }),
    isRequired: !accepts(schema, undefined),
    isSecret: meta.isSecret === true,
    description: meta.description ?? "",
  };
}

function accepts(schema: z.core.$ZodType, value: unknown): boolean {
  return z.safeParse(schema, value).success;
}

/** Of a group, what is in it has defaults; it has none itself. */
function defaultOf(schema: z.core.$ZodType): string | undefined {
  return schema instanceof z.ZodDefault ? JSON.stringify(schema.def.defaultValue) : undefined;
}

function capital(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
