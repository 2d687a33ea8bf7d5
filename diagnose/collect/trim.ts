import { withoutSecrets } from "../../kube/redaction.ts";
import type { AnyObject, ManagedFields } from "../../kube/object.ts";

/** ConfigMaps whose contents decide something: all others are kept by their keys. */
const readConfigMaps = /^(local-path-config|coredns|time-slicing-config.*|.*device-plugin.*|kasm-operator.*config)$/;

/**
 * What of an object goes into a snapshot: no managed fields, no last-applied configuration, of Secrets and most ConfigMaps
 * only the keys, and of environments no value that looks like a secret.
 */
export function trimmed(object: AnyObject): AnyObject {
  const metadata = { ...object.metadata, annotations: { ...object.metadata?.annotations } };
  delete metadata.managedFields;
  delete metadata.annotations["kubectl.kubernetes.io/last-applied-configuration"];
  const base = { ...object, metadata };
  switch (object.kind) {
    case "Secret":
      return { ...base, data: keysOf(object["data"]), stringData: undefined };
    case "ConfigMap":
      return isRead(object)
        ? { ...base, metadata: { ...metadata, managedFields: writesOf(object) }, data: valuesOf(object["data"]) }
        : { ...base, data: keysOf(object["data"]), binaryData: keysOf(object["binaryData"]) };
    case "Pod":
    case "Deployment":
    case "StatefulSet":
    case "DaemonSet":
    case "ReplicaSet":
    case "Job":
      return withoutEnvironment(base) as AnyObject;
    case "Event":
      return { ...base, message: withoutSecrets(typeof object["message"] === "string" ? object["message"] : "") };
    default:
      return base;
  }
}

/** Configs of the device plugin have whatever name the ClusterPolicy gives them. */
function isRead({ metadata, data }: AnyObject): boolean {
  const texts = Object.values((data ?? {}) as Record<string, unknown>);
  return (
    readConfigMaps.test(metadata?.name ?? "") ||
    texts.some((it) => typeof it === "string" && it.includes("nvidia.com/gpu"))
  );
}

/** Who wrote it, and when: whether somebody edited it since it was last read is told by that alone. */
function writesOf({ metadata }: AnyObject): ManagedFields[] {
  return (metadata?.managedFields ?? []).map(({ manager, operation, time }) => ({
    ...(manager !== undefined && { manager }),
    ...(operation !== undefined && { operation }),
    ...(time !== undefined && { time }),
  }));
}

function keysOf(data: unknown): Record<string, string> | undefined {
  return data === undefined || data === null
    ? undefined
    : Object.fromEntries(Object.keys(data).map((key) => [key, ""]));
}

function valuesOf(data: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries((data ?? {}) as Record<string, string>).map(([key, value]) => [key, withoutSecrets(value)]),
  );
}

/** Literal values of environment variables are nobody's business; where they come from is. */
function withoutEnvironment(value: unknown, key = ""): unknown {
  if (Array.isArray(value))
    return (value as unknown[]).map((it) =>
      key === "env" ? withoutLiteral(it as Variable) : withoutEnvironment(it, key),
    );
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, it]) => [name, withoutEnvironment(it, name)]));
  return typeof value === "string" && texts.has(key) ? withoutSecrets(value) : value;
}

const texts = new Set(["message", "command", "args"]);

interface Variable {
  name: string;
  value?: string;
}

function withoutLiteral(variable: Variable): Variable {
  return variable.value === undefined ? variable : { ...variable, value: "***" };
}
