import { withoutSecrets } from "../../kube/redaction.ts";
import type { AnyObject, ManagedFields } from "../../kube/object.ts";
import { cleanText, nobodyCounts } from "./hidden.ts";
import type { Hide } from "./hidden.ts";

/** ConfigMaps whose contents decide something: all others are kept by their keys. */
const readConfigMaps = /^(local-path-config|coredns|time-slicing-config.*|.*device-plugin.*|kasm-operator.*config)$/;

/**
 * What of an object goes into a snapshot: no managed fields, no last-applied configuration, of Secrets and most ConfigMaps
 * only the keys, of environments and headers no literal value, and of what people write freely nothing that looks like a secret.
 *
 * @param hide is told each value that was left out
 */
export function trimmed(object: AnyObject, hide: Hide = nobodyCounts): AnyObject {
  const metadata = { ...object.metadata, annotations: { ...object.metadata?.annotations } };
  delete metadata.managedFields;
  delete metadata.annotations["kubectl.kubernetes.io/last-applied-configuration"];
  const base = { ...object, metadata };
  switch (object.kind) {
    case "Secret": {
      const [data, stringData] = [object["data"], object["stringData"]].map((it) =>
        keysOf(it, "values of Secrets", hide),
      );
      return cleaned({ ...base, data, ...(stringData !== undefined && { stringData }) }, hide);
    }
    case "ConfigMap": {
      if (isRead(object))
        return cleaned(
          { ...base, metadata: { ...metadata, managedFields: writesOf(object) }, data: valuesOf(object["data"], hide) },
          hide,
        );
      const [data, binaryData] = [object["data"], object["binaryData"]].map((it) =>
        keysOf(it, "values of ConfigMaps", hide),
      );
      return cleaned({ ...base, data, binaryData }, hide);
    }
    case "Event":
      return cleaned(picked(base, eventFields), hide);
    case "Node": {
      // A name for each image of the node, of which nobody asks.
      const status = { ...((base as AnyObject)["status"] as object), images: undefined };
      return cleaned({ ...base, status }, hide);
    }
    default:
      return cleaned(base, hide);
  }
}

// Of what there is most in a cluster only what is looked at.
const eventFields = [
  ...["apiVersion", "kind", "metadata", "involvedObject", "type", "reason", "message", "count"],
  ...["firstTimestamp", "lastTimestamp", "eventTime", "series"],
];

function picked(object: AnyObject, fields: readonly string[]): AnyObject {
  return Object.fromEntries(fields.flatMap((name) => (object[name] === undefined ? [] : [[name, object[name]]])));
}

/** Configs of the device plugin have whatever name the ClusterPolicy gives them. */
function isRead({ metadata, data }: AnyObject): boolean {
  const contents = Object.values((data ?? {}) as Record<string, unknown>);
  return (
    readConfigMaps.test(metadata?.name ?? "") ||
    contents.some((it) => typeof it === "string" && it.includes("nvidia.com/gpu"))
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

function keysOf(
  data: unknown,
  what: "values of Secrets" | "values of ConfigMaps",
  hide: Hide,
): Record<string, string> | undefined {
  if (data === undefined || data === null) return undefined;
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => {
      if (value !== "") hide(what);
      return [key, ""];
    }),
  );
}

function valuesOf(data: unknown, hide: Hide): Record<string, string> {
  return Object.fromEntries(
    Object.entries((data ?? {}) as Record<string, string>).map(([key, value]) => [key, cleanText(value, hide)]),
  );
}

/** Of what others write freely, and in which a secret may stand, the rest. */
const texts = new Set(["message", "note", "command", "args", "annotations", "valuesContent", "set", "jobEnv"]);

/** Headers that Traefik adds, by name: by some of them others know that a request came through it. */
const addedHeaders = new Set(["customRequestHeaders", "customResponseHeaders"]);

function cleaned(object: AnyObject, hide: Hide): AnyObject {
  return withoutValues(object, "", hide) as AnyObject;
}

function withoutValues(value: unknown, key: string, hide: Hide): unknown {
  if (Array.isArray(value)) return listWithout(value as unknown[], key, hide);
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, it]) => [name, fieldOf(key, name, it, hide)]));
  return typeof value === "string" && texts.has(key) ? cleanText(value, hide) : value;
}

function fieldOf(key: string, name: string, value: unknown, hide: Hide): unknown {
  if (typeof value !== "string") return withoutValues(value, name, hide);
  if (addedHeaders.has(key)) return withoutHeader(value, hide);
  if (key === "forwardAuth" && name === "address") return withoutSecretPath(value, hide);
  return texts.has(key) ? named(name, value, hide) : withoutValues(value, name, hide);
}

function listWithout(list: readonly unknown[], key: string, hide: Hide): unknown[] {
  if (key === "env" || key === "httpHeaders") return list.map((it) => withoutLiteral(it as Variable, key, hide));
  return list.map((it, index) => {
    if (typeof it !== "string" || !texts.has(key)) return withoutValues(it, key, hide);
    // `["--password", "x"]`: the flag tells of the word behind it.
    const before = list[index - 1];
    const isOfFlag =
      typeof before === "string" && before.startsWith("-") && withoutSecrets(`${before} x`).endsWith("***");
    if (!isOfFlag || it.startsWith("-")) return cleanText(it, hide);
    hide("passwords and tokens in texts");
    return "***";
  });
}

/** By the end of this path the gateway knows its own Middleware. */
function withoutSecretPath(value: string, hide: Hide): string {
  const path = "/auth/";
  const at = value.indexOf(path);
  if (at < 0 || value.length === at + path.length) return value;
  hide("paths of forward auth");
  return `${value.slice(0, at + path.length)}***`;
}

function withoutHeader(value: string, hide: Hide): string {
  // An empty one takes the header away.
  if (value === "") return value;
  hide("values of headers");
  return "***";
}

/** A value whose name may say that it is a secret: an annotation, a value of a chart. */
function named(name: string, value: string, hide: Hide): string {
  const lead = `${name}=`;
  const both = withoutSecrets(lead + value);
  if (both === `${lead}***` && value !== "***" && /pass|token|secret|credential|pwd/i.test(name)) {
    hide("passwords and tokens in texts");
    return "***";
  }
  return cleanText(value, hide);
}

interface Variable {
  name: string;
  value?: string;
}

/** `POSTGRES_HOST`: without it nobody can tell what an init container waits for. */
const isAddress = /(^|_)(HOST|HOSTNAME|PORT)$|^PGHOST$|^PGPORT$/;

/** Literal values of environment variables and headers are nobody's business; where they come from is, and where they send to. */
function withoutLiteral(variable: Variable, key: "env" | "httpHeaders", hide: Hide): Variable {
  const { name, value = "" } = variable;
  if (value === "") return variable;
  if (key === "env" && isAddress.test(name)) return { ...variable, value: cleanText(value, hide) };
  hide(key === "env" ? "values of variables" : "values of headers");
  return { ...variable, value: "***" };
}
