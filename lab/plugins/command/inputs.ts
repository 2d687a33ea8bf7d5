/** What the command resources accept: the official plugin's inputs, its defaults, and which of them it marks secret. */
import type { PropertyMap, PropertyValue } from "../rpc/property.ts";
import { isObject, isSecret, isUnknown, secret } from "../rpc/property.ts";
import type { CheckFailure, CheckResponse } from "../rpc/provider.ts";

type Shape = "text" | "number" | "flag" | "list" | "texts" | "text map" | "connection" | "proxy" | "logging";
export type Fields = Readonly<Record<string, Shape>>;

const shared: Fields = {
  triggers: "list",
  create: "text",
  update: "text",
  delete: "text",
  stdin: "text",
  logging: "logging",
  environment: "text map",
  addPreviousOutputInEnv: "flag",
};
export const localFields: Fields = {
  ...shared,
  interpreter: "texts",
  dir: "text",
  assetPaths: "texts",
  archivePaths: "texts",
};
export const remoteFields: Fields = { ...shared, connection: "connection" };
export const runFields: Fields = { ...localFields, command: "text" };

const hostFields: Fields = {
  host: "text",
  port: "number",
  user: "text",
  password: "text",
  privateKey: "text",
  privateKeyPassword: "text",
  agentSocketPath: "text",
  dialErrorLimit: "number",
  perDialTimeout: "number",
  hostKey: "text",
};
const connectionFields: Fields = { ...hostFields, proxy: "proxy" };
const hostDefaults: PropertyMap = { user: "root", port: 22, dialErrorLimit: 10, perDialTimeout: 15 };
const hostSecrets = ["password", "privateKey", "privateKeyPassword"];
const loggings = ["stdout", "stderr", "stdoutAndStderr", "none"];

/** Known fields only, defaults in place, credentials marked secret; or the failures, by property path. */
export function checkInputs(fields: Fields, news: PropertyMap): CheckResponse {
  const inputs = complete(fields, news);
  const failures = judge(fields, inputs, "");
  for (const property of ["assetPaths", "archivePaths"]) {
    if (Array.isArray(open(inputs[property])))
      failures.push({ property, reason: "collecting files is not part of the lab's stand-in for @pulumi/command" });
  }
  return { inputs, failures };
}

function complete(fields: Fields, given: PropertyMap): PropertyMap {
  const inputs: PropertyMap = {};
  for (const [name, shape] of Object.entries(fields)) {
    const value = given[name] ?? null;
    if (value === null) continue;
    inputs[name] = shape === "connection" || shape === "proxy" ? completeHost(shape, value) : value;
  }
  return inputs;
}

function completeHost(shape: "connection" | "proxy", given: PropertyValue): PropertyValue {
  const host = open(given);
  if (!isObject(host)) return given;
  const inputs = complete(shape === "connection" ? connectionFields : hostFields, {
    ...hostDefaults,
    ...withoutNulls(host),
  });
  for (const name of hostSecrets) {
    const value = inputs[name];
    if (value !== undefined) inputs[name] = secret(value);
  }
  return shape === "connection" || isSecret(given) ? secret(inputs) : inputs;
}

function judge(fields: Fields, inputs: PropertyMap, path: string): CheckFailure[] {
  const failures = Object.entries(fields).flatMap(([name, shape]) => {
    const value = open(inputs[name]);
    const property = path + name;
    if (value === undefined || isUnknown(value)) return [];
    if (shape === "connection" && isObject(value)) return judge(connectionFields, value, `${property}.`);
    if (shape === "proxy" && isObject(value)) return judge(hostFields, value, `${property}.`);
    const expected = misfit(shape, value);
    return expected === undefined ? [] : [{ property, reason: `must be ${expected}` }];
  });
  const required =
    fields === remoteFields ? "connection" : "host" in fields ? "host" : "command" in fields ? "command" : undefined;
  if (required !== undefined && inputs[required] === undefined) {
    failures.push({ property: path + required, reason: "is required" });
  }
  return failures;
}

/** What the value should have been, when it is not. Unknown and secret parts pass by what they hold. */
function misfit(shape: Shape, value: PropertyValue): string | undefined {
  const isText = (item: PropertyValue) => isUnknown(open(item)) || typeof open(item) === "string";
  switch (shape) {
    case "text":
      return isText(value) ? undefined : "a string";
    case "number":
      return typeof value === "number" ? undefined : "a number";
    case "flag":
      return typeof value === "boolean" ? undefined : "true or false";
    case "list":
      return Array.isArray(value) ? undefined : "a list";
    case "texts":
      return Array.isArray(value) && value.every(isText) ? undefined : "a list of strings";
    case "text map":
      return isObject(value) && Object.values(value).every(isText) ? undefined : "a map of strings to strings";
    case "logging":
      return loggings.includes(value as string) ? undefined : `one of ${loggings.join(", ")}`;
    case "connection":
    case "proxy":
      return "an object with a host";
  }
}

function open(value: PropertyValue | undefined): PropertyValue | undefined {
  return isSecret(value) ? value.value : value;
}

function withoutNulls(map: PropertyMap): PropertyMap {
  return Object.fromEntries(Object.entries(map).filter(([, value]) => value !== null));
}
