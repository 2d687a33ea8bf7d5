import type { PropertyMap, PropertyValue } from "../rpc/property.ts";
import { containsSecret, isObject, isSecret, reveal, secret } from "../rpc/property.ts";
import type { Manifest } from "./manifest.ts";
import { apiVersionOf, field, fromProperties, isSecretKind, text, toProperties } from "./manifest.ts";

/** What state keeps of an object beside the object itself. */
export interface Checkpoint {
  /** Inputs as last applied. */
  inputs: Manifest;
  /** The object as the server last answered it. */
  live: Manifest;
  /** apiVersion at creation. */
  initialApiVersion: string;
  /** Manager of the object's fields for server-side apply. */
  fieldManager: string;
}

/**
 * The outputs that go to state, in the shape of the official provider 4.32: the live object at the top level, and `__inputs`,
 * `__initialApiVersion` and `__fieldManager` beside its fields.
 * @param marks properties whose secret marks the outputs take over: the program's inputs
 */
export function writeCheckpoint(checkpoint: Checkpoint, marks: PropertyMap): PropertyMap {
  const { inputs, live, initialApiVersion, fieldManager } = checkpoint;
  const outputs = markSecrets(toProperties(live), marks);
  return {
    ...outputs,
    __inputs: markSecrets(toProperties(inputs), marks),
    __initialApiVersion: initialApiVersion,
    __fieldManager: fieldManager,
  };
}

/** The reverse. State that some other version wrote may lack parts; those come back empty. */
export function readCheckpoint(state: PropertyMap): Checkpoint {
  const { __inputs, __initialApiVersion, __fieldManager, ...live } = state;
  const inputs = reveal(__inputs ?? null);
  return {
    inputs: isObject(inputs) ? fromProperties(inputs) : {},
    live: fromProperties(live),
    initialApiVersion: text(__initialApiVersion),
    fieldManager: text(__fieldManager),
  };
}

const lastApplied = "kubectl.kubernetes.io/last-applied-configuration";

/**
 * Carries secret marks from the inputs over to what the server answered. Data of a Secret is always secret, whoever made it, and so is the
 * copy of it that kubectl leaves in an annotation. A secret anywhere in a list makes the whole list secret, as its order may differ.
 */
export function markSecrets(outputs: PropertyMap, marks: PropertyMap): PropertyMap {
  if (isSecretKind(outputs)) return markSecretKind(outputs);
  return Object.fromEntries(
    Object.entries(outputs).map(([key, value]) => [
      key,
      markValue(value, Object.hasOwn(marks, key) ? marks[key] : null),
    ]),
  );
}

function markValue(value: PropertyValue, mark: PropertyValue | undefined): PropertyValue {
  if (isObject(value) && isObject(mark)) return markSecrets(value, mark);
  return containsSecret(mark) ? secret(value) : value;
}

function markSecretKind(outputs: PropertyMap): PropertyMap {
  const marked = Object.entries(outputs).map(([key, value]): [string, PropertyValue] =>
    key === "data" || key === "stringData" ? [key, secret(value)] : [key, value],
  );
  const annotations = field(outputs, "metadata", "annotations");
  const copy = field(annotations, lastApplied);
  if (!isObject(annotations) || copy === undefined) return Object.fromEntries(marked);
  const metadata = {
    ...(outputs.metadata as PropertyMap),
    annotations: { ...annotations, [lastApplied]: secret(copy) },
  };
  return { ...Object.fromEntries(marked), metadata };
}

/** Texts that no message may show: everything marked secret in the program, and the data of Secrets, encoded and plain. */
export function secretTexts(properties: PropertyMap): string[] {
  // A Release's state keeps its inputs as one secret; only what is secret among them must not show.
  const kept = properties.__inputs;
  const opened = isSecret(kept) ? { ...properties, __inputs: kept.value } : properties;
  const marked = markSecrets(opened, opened);
  const texts = new Set<string>();
  collect(marked, false, (found) => {
    texts.add(found);
    if (isSecretKind(properties)) texts.add(Buffer.from(found, "base64").toString());
  });
  // Very short values would blank out half of a message and are no secrets.
  return [...texts].filter((found) => found.length >= 4).sort((left, right) => right.length - left.length);
}

function collect(value: PropertyValue, isSecretPart: boolean, found: (text: string) => void): void {
  if (typeof value === "string" && isSecretPart) found(value);
  else if (Array.isArray(value)) for (const item of value) collect(item, isSecretPart, found);
  else if (isObject(value)) for (const item of Object.values(value)) collect(item, isSecretPart, found);
  else if (containsSecret(value)) collect(reveal(value), true, found);
}

export function redact(message: string, secrets: string[]): string {
  return secrets.reduce((shown, value) => shown.replaceAll(value, "[secret]"), message);
}

/** apiVersion to note at creation, or the one noted. */
export function initialApiVersionOf(state: PropertyMap, inputs: Manifest): string {
  return readCheckpoint(state).initialApiVersion || apiVersionOf(inputs);
}
