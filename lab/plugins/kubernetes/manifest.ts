import type { PropertyMap, PropertyValue } from "../rpc/property.ts";
import { isObject, reveal } from "../rpc/property.ts";

/** A Kubernetes object as the program gives it or the server answers: no secret marks, unknowns possible in a preview. */
export type Manifest = PropertyMap;

export function text(value: PropertyValue | undefined): string {
  return typeof value === "string" ? value : "";
}

export function field(object: PropertyValue | undefined, ...path: string[]): PropertyValue | undefined {
  let value = object;
  for (const key of path) value = isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  return value;
}

export function nameOf(object: Manifest): string {
  return text(field(object, "metadata", "name"));
}

export function namespaceOf(object: Manifest): string {
  return text(field(object, "metadata", "namespace"));
}

export function kindOf(object: Manifest): string {
  return text(object.kind);
}

/** `core/v1`, which old programs write, is the same as `v1`. */
export function apiVersionOf(object: Manifest): string {
  return text(object.apiVersion).replace(/^core\//, "");
}

export function groupOf(object: Manifest): string {
  const apiVersion = apiVersionOf(object);
  return apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "";
}

export function annotation(object: Manifest, key: string): string {
  return text(field(object, "metadata", "annotations", key));
}

export function hasAnnotation(object: Manifest, key: string): boolean {
  return annotation(object, key) === "true";
}

/** "Deployment kasm/api", as people write it. */
export function describe(object: Manifest): string {
  const namespace = namespaceOf(object);
  return `${kindOf(object)} ${namespace ? `${namespace}/` : ""}${nameOf(object)}`;
}

/** The same object with one field set; objects on the way are made. Where an unknown stands in the way, nothing changes. */
export function withField(object: Manifest, path: string[], value: PropertyValue): Manifest {
  const [key = "", ...rest] = path;
  if (rest.length === 0) return { ...object, [key]: value };
  const inner = object[key] ?? {};
  return isObject(inner) ? { ...object, [key]: withField(inner, rest, value) } : object;
}

/** The same object without one field. */
export function withoutField(object: Manifest, ...path: string[]): Manifest {
  const [key = "", ...rest] = path;
  if (!Object.hasOwn(object, key)) return object;
  if (rest.length === 0) return Object.fromEntries(Object.entries(object).filter(([name]) => name !== key));
  const inner = object[key];
  return isObject(inner) ? { ...object, [key]: withoutField(inner, ...rest) } : object;
}

export function isSecretKind(object: Manifest): boolean {
  return groupOf(object) === "" && kindOf(object) === "Secret";
}

export function isConfigMap(object: Manifest): boolean {
  return groupOf(object) === "" && kindOf(object) === "ConfigMap";
}

export function isDefinition(object: Manifest): boolean {
  return groupOf(object) === "apiextensions.k8s.io" && kindOf(object) === "CustomResourceDefinition";
}

// The SDKs cannot have dashes in property names; Kubernetes wants them: pulumi-kubernetes, underscoreToDashMap
const dashed = new Map(
  [
    "embedded-resource",
    "int-or-string",
    "list-map-keys",
    "list-type",
    "map-type",
    "preserve-unknown-fields",
    "validations",
  ].map((name) => [`x_kubernetes_${name.replaceAll("-", "_")}`, `x-kubernetes-${name}`]),
);
const underscored = new Map([...dashed].map(([underscore, dash]) => [dash, underscore]));

/** What a program or a state holds, as Kubernetes writes it: secrets opened, `x-kubernetes-*` with dashes. */
export function fromProperties(properties: PropertyMap): Manifest {
  return renameKeys(reveal(properties), dashed) as Manifest;
}

/** The reverse of the key renaming, for state. */
export function toProperties(object: Manifest): PropertyMap {
  return renameKeys(object, underscored) as PropertyMap;
}

function renameKeys(value: PropertyValue, names: Map<string, string>): PropertyValue {
  if (Array.isArray(value)) return value.map((item) => renameKeys(item, names));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [names.get(key) ?? key, renameKeys(item, names)]),
  );
}
