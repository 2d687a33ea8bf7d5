/** What a value is in a chart's values.yaml. `empty` is a key without a value, which says nothing of its type. */
export type ValueType = "string" | "number" | "boolean" | "list" | "object" | "empty";

/** Every key of a values.yaml by its path, `database.storage.pvcSize`, with the type of its default. */
export function valueKeys(values: unknown, path = ""): Record<string, ValueType> {
  const type = typeOf(values);
  if (type !== "object") return { [path]: type };
  const entries = Object.entries(values as object);
  const own = path === "" ? {} : { [path]: type };
  return Object.assign(own, ...entries.map(([key, value]) => valueKeys(value, join(path, key)))) as Record<
    string,
    ValueType
  >;
}

/** Why a chart does not take a value, for each that it does not take: no such key, or of another type. */
export function untaken(values: object, keys: Readonly<Record<string, ValueType>>, path = ""): string[] {
  return Object.entries(values).flatMap(([key, value]) => {
    const at = join(path, key);
    const [known, given] = [keys[at], typeOf(value)];
    if (known === undefined) return isFree(path, keys) ? [] : [`${at}: no such key`];
    if (known !== "empty" && known !== given) return [`${at}: ${given}, the chart has ${known}`];
    return given === "object" ? untaken(value as object, keys, at) : [];
  });
}

// `{}` in a values.yaml is an object that the chart passes on as it comes: an affinity, the resources of a container.
function isFree(path: string, keys: Readonly<Record<string, ValueType>>): boolean {
  return path !== "" && !Object.keys(keys).some((key) => key.startsWith(`${path}.`));
}

function typeOf(value: unknown): ValueType {
  if (value === undefined || value === null) return "empty";
  if (Array.isArray(value)) return "list";
  const type = typeof value;
  return type === "string" || type === "number" || type === "boolean" ? type : "object";
}

function join(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}
