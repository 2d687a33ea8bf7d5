/**
 * Property values as a resource provider handles them: plain JSON, plus the few things that only Pulumi knows. Secrets and unknowns
 * stay visible as wrappers until a caller decides to open them, so that none is sent, stored or printed by accident.
 */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export type PropertyValue =
  | null
  | boolean
  | number
  | string
  | PropertyValue[]
  | PropertyMap
  | Secret
  | Unknown
  | Asset
  | Archive
  | ResourceReference;

export interface PropertyMap {
  [key: string]: PropertyValue;
}

/** A value that state must encrypt and no log may show. Never nested directly in another Secret: make it with `secret()`. */
export class Secret {
  readonly value: PropertyValue;

  constructor(value: PropertyValue) {
    this.value = value;
  }

  /** Keeps the content out of JSON, strings and inspection, where logs and error messages would pick it up. */
  toJSON(): string {
    return "[secret]";
  }

  toString(): string {
    return "[secret]";
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return "[secret]";
  }
}

export type UnknownKind = "bool" | "number" | "string" | "array" | "asset" | "archive" | "object";

/** The result of something that a preview has not run. `kind` is what the engine expects it to become. */
export class Unknown {
  readonly kind: UnknownKind;

  constructor(kind: UnknownKind = "string") {
    this.kind = kind;
  }
}

/** A file: `fields` holds `path`, `text` or `uri`, and `hash`, as they travel. */
export class Asset {
  readonly tag = "asset";
  readonly fields: PropertyMap;

  constructor(fields: PropertyMap) {
    this.fields = fields;
  }
}

/** A set of files: `fields` holds `path`, `uri` or `assets` (by name), and `hash`, as they travel. */
export class Archive {
  readonly tag = "archive";
  readonly fields: PropertyMap;

  constructor(fields: PropertyMap) {
    this.fields = fields;
  }
}

/** Another resource as a value: `fields` holds `urn`, and where known `id`, `name`, `type`, `packageVersion`. */
export class ResourceReference {
  readonly tag = "reference";
  readonly fields: PropertyMap;

  constructor(fields: PropertyMap) {
    this.fields = fields;
  }
}

export function isSecret(value: PropertyValue | undefined): value is Secret {
  return value instanceof Secret;
}

export function isUnknown(value: PropertyValue | undefined): value is Unknown {
  return value instanceof Unknown;
}

/** True for plain objects only, not for arrays, secrets, unknowns, assets, archives or references. */
export function isObject(value: PropertyValue | undefined): value is PropertyMap {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/** Wraps a value once, however often it is called. */
export function secret(value: PropertyValue): Secret {
  return isSecret(value) ? value : new Secret(value);
}

/**
 * The value as JSON, without its secret marks: for talking to the outside, never for state or logs.
 * @throws when an unknown, an asset or an archive is inside; a reference becomes its id, else its URN.
 */
export function toJson(value: PropertyMap): { [key: string]: Json };
export function toJson(value: PropertyValue): Json;
export function toJson(value: PropertyValue): Json {
  if (isSecret(value)) return toJson(value.value);
  if (Array.isArray(value)) return value.map((item) => toJson(item));
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toJson(item)]));
  if (value instanceof ResourceReference) return toJson(value.fields.id ?? value.fields.urn ?? null);
  if (value instanceof Unknown) throw new Error("a value is not known yet; it cannot leave a preview");
  if (value instanceof Asset || value instanceof Archive) throw new Error("assets and archives have no JSON form");
  return value;
}

export function containsSecret(value: PropertyValue | undefined): boolean {
  return contains(value, isSecret);
}

/** Equality of what the values mean: secret marks do not count, key order does not count, an unknown equals nothing. */
export function sameValue(left: PropertyValue | undefined, right: PropertyValue | undefined): boolean {
  if (isSecret(left)) return sameValue(left.value, right);
  if (isSecret(right)) return sameValue(left, right.value);
  if (isUnknown(left) || isUnknown(right)) return false;
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, index) => sameValue(item, right[index]));
  }
  if (isObject(left) && isObject(right)) {
    const keys = Object.keys(left);
    return (
      keys.length === Object.keys(right).length &&
      keys.every((key) => Object.hasOwn(right, key) && sameValue(left[key], right[key]))
    );
  }
  for (const kind of [Asset, Archive, ResourceReference]) {
    if (left instanceof kind && right instanceof kind) return sameValue(identity(left.fields), identity(right.fields));
  }
  return left === right;
}

/** A hash, where there is one, says all about an asset: the engine sends the content of one side only. */
function identity(fields: PropertyMap): PropertyValue {
  return fields.hash ?? fields;
}

function contains(value: PropertyValue | undefined, wanted: (node: PropertyValue) => boolean): boolean {
  if (value === undefined) return false;
  if (wanted(value)) return true;
  if (Array.isArray(value)) return value.some((item) => contains(item, wanted));
  if (isSecret(value)) return contains(value.value, wanted);
  if (isObject(value)) return Object.values(value).some((item) => contains(item, wanted));
  if (value instanceof Archive || value instanceof Asset || value instanceof ResourceReference)
    return contains(value.fields, wanted);
  return false;
}
