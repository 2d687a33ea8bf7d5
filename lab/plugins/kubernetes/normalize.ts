import type { PropertyMap, PropertyValue } from "../rpc/property.ts";
import { containsUnknown, isObject } from "../rpc/property.ts";
import { isBuiltIn } from "./known-kinds.ts";
import type { Manifest } from "./manifest.ts";
import { apiVersionOf, field, isDefinition, isSecretKind, withoutField } from "./manifest.ts";
import { canonicalQuantity } from "./quantity.ts";

const readOnlyMetadata = [
  "creationTimestamp",
  "deletionGracePeriodSeconds",
  "deletionTimestamp",
  "generation",
  "managedFields",
  "resourceVersion",
  "uid",
];

/**
 * Inputs in the form in which the server will answer them, so that what means the same compares the same. The official provider passes
 * built-in kinds through their Go types; the rules below have the effects of that which programs meet. Custom resources stay as they are.
 */
export function normalizeInputs(inputs: Manifest): Manifest {
  const normal = isBuiltIn(apiVersionOf(inputs)) && !containsUnknown(inputs) ? normalizeBuiltIn(inputs) : inputs;
  return readOnlyMetadata.reduce((object, key) => withoutField(object, "metadata", key), normal);
}

function normalizeBuiltIn(inputs: Manifest): Manifest {
  if (isDefinition(inputs)) return normalizeDefinition(inputs);
  if (isSecretKind(inputs)) return normalizeSecret(inputs);
  return normalizeMap(inputs);
}

/** The server drops a false `preserveUnknownFields`, and takes no status from anyone but itself. */
function normalizeDefinition(inputs: Manifest): Manifest {
  const preserves = field(inputs, "spec", "preserveUnknownFields");
  return withoutField(preserves === false ? withoutField(inputs, "spec", "preserveUnknownFields") : inputs, "status");
}

/** `stringData` is write-only: the server moves it into `data`. */
function normalizeSecret(inputs: Manifest): Manifest {
  const { stringData, ...rest } = inputs;
  const data = isObject(rest.data) ? rest.data : {};
  if (isObject(stringData) && Object.values(stringData).every((value) => typeof value === "string")) {
    const encoded = mapEntries(stringData, (value) => Buffer.from(value as string).toString("base64"));
    return Object.keys(encoded).length > 0 || isObject(rest.data) ? { ...rest, data: { ...data, ...encoded } } : rest;
  }
  return isObject(inputs.data) ? { ...inputs, data: mapEntries(inputs.data, canonicalBase64) } : inputs;
}

/** The server decodes and encodes again, which drops line breaks. */
function canonicalBase64(value: PropertyValue): PropertyValue {
  const stripped = typeof value === "string" ? value.replaceAll(/[\r\n]/g, "") : "";
  return /^[A-Za-z0-9+/]+={0,2}$/.test(stripped) ? Buffer.from(stripped, "base64").toString("base64") : value;
}

// Free-form text, where a name below means nothing.
const freeForm = new Set(["data", "binaryData", "labels", "annotations", "matchLabels", "parameters", "nodeSelector"]);
const quantityMaps = new Set(
  "limits requests capacity hard podFixed max min default defaultRequest maxLimitRequestRatio".split(" "),
);
const quantities = new Set(["sizeLimit", "divisor", "averageValue"]);
// Go fields that are left out when zero, so that the server never answers them. Where zero is a setting (a pointer in Go) it stays.
const zeroMeansAbsent = new Set(
  `hostNetwork hostPID hostIPC stdin stdinOnce tty readOnly paused publishNotReadyAddresses unschedulable
  minReadySeconds initialDelaySeconds hostPort nodePort subPath subPathExpr hostname subdomain nodeName host hostIP
  workingDir namespace schedulerName clusterIP externalName loadBalancerIP sessionAffinity volumeName medium`.split(
    /\s+/,
  ),
);

function normalizeMap(map: PropertyMap): PropertyMap {
  const entries: [string, PropertyValue][] = [];
  for (const [key, value] of Object.entries(map)) {
    if (value === null || isAbsent(key, value)) continue;
    entries.push([key, freeForm.has(key) ? value : normalizeValue(key, value)]);
  }
  return Object.fromEntries(entries);
}

function isAbsent(key: string, value: PropertyValue): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (freeForm.has(key) || quantityMaps.has(key)) return isObject(value) && Object.keys(value).length === 0;
  return zeroMeansAbsent.has(key) && (value === false || value === 0 || value === "");
}

function normalizeValue(key: string, value: PropertyValue): PropertyValue {
  if (quantities.has(key)) return amount(value);
  if (quantityMaps.has(key) && isObject(value)) return mapEntries(value, amount);
  return normalizeInner(value);
}

function normalizeInner(value: PropertyValue): PropertyValue {
  if (Array.isArray(value)) return value.map(normalizeInner);
  return isObject(value) ? normalizeMap(value) : value;
}

function amount(value: PropertyValue): PropertyValue {
  return typeof value === "string" || typeof value === "number" ? canonicalQuantity(value) : value;
}

function mapEntries(map: PropertyMap, change: (value: PropertyValue) => PropertyValue): PropertyMap {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value)]));
}
