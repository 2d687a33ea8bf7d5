import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import { Asset, isObject, isSecret, secret } from "../../rpc/property.ts";
import type { PropertyMap, PropertyValue } from "../../rpc/property.ts";

/** Helm's own merge: objects key by key, anything else from `over`; null stays, since it removes a chart's default. */
export function mergeValues(base: PropertyMap, over: PropertyMap): PropertyMap {
  const merged: PropertyMap = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const below = merged[key];
    merged[key] = isObject(below) && isObject(value) ? mergeValues(below, value) : value;
  }
  return merged;
}

/**
 * The contents of `valueYamlFiles`, merged in their order. What a secret asset brings stays secret key by key, unlike
 * in the official provider, which forgets the mark here.
 * Throws when a file cannot be read or holds no YAML object.
 */
export async function valuesFromFiles(files: PropertyValue | undefined): Promise<PropertyMap> {
  const list = isSecret(files) && Array.isArray(files.value) ? files.value.map(secret) : files;
  if (!Array.isArray(list)) return {};
  let merged: PropertyMap = {};
  for (const file of list) merged = mergeValues(merged, await valuesFromFile(file));
  return merged;
}

async function valuesFromFile(file: PropertyValue): Promise<PropertyMap> {
  if (isSecret(file)) {
    const values = await valuesFromFile(file.value);
    return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, secret(value)]));
  }
  if (!(file instanceof Asset))
    throw new Error("valueYamlFiles takes assets only (FileAsset, StringAsset, RemoteAsset)");
  const { path, text, uri } = file.fields;
  const source = typeof path === "string" ? path : typeof uri === "string" ? uri : "the given text";
  const content =
    typeof path === "string" ? await readFile(path, "utf8") : typeof uri === "string" ? await download(uri) : text;
  const values = typeof content === "string" ? (parse(content) as PropertyValue) : null;
  if (values === null) return {};
  if (!isObject(values)) throw new Error(`valueYamlFiles: ${source} holds no YAML object`);
  return values;
}

async function download(uri: string): Promise<string> {
  const response = await fetch(uri);
  if (!response.ok) throw new Error(`valueYamlFiles: ${uri} answered HTTP ${response.status}`);
  return response.text();
}
