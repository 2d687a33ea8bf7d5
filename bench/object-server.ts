import type { IncomingMessage, ServerResponse } from "node:http";
import { collectedKinds } from "../diagnose/collect/kinds.ts";
import type { AnyObject } from "../kube/object.ts";

/** Answers lists of objects page by page, discovery and version, as an API server does; counts what it sends. */
export function servesObjects(
  objects: ReadonlyMap<string, readonly AnyObject[]>,
  traffic: { requests: number; bytes: number },
): (request: IncomingMessage, response: ServerResponse) => void {
  const kindOf = new Map(Object.keys(collectedKinds).map((kind) => [pluralOf(kind), kind]));
  return (request, response) => {
    const url = new URL(request.url ?? "/", "http://localhost");
    const text = JSON.stringify(answer(url, kindOf, objects));
    traffic.requests++;
    traffic.bytes += text.length;
    response.writeHead(200, { "content-type": "application/json" });
    response.end(text);
  };
}

function answer(
  { pathname, searchParams }: URL,
  kindOf: ReadonlyMap<string, string>,
  objects: ReadonlyMap<string, readonly AnyObject[]>,
): object {
  if (pathname === "/version") return { major: "1", minor: "35", gitVersion: "v1.35.4+k3s1" };
  const parts = pathname.split("/").filter(Boolean);
  const kind = kindOf.get(parts.at(-1) ?? "");
  const isList = kind !== undefined && parts.length === (parts[0] === "api" ? 3 : 4);
  if (!isList) return discovery(parts);
  const all = objects.get(kind) ?? [];
  const from = Number(searchParams.get("continue") ?? 0);
  const to = from + Number(searchParams.get("limit") ?? all.length);
  return {
    ...{ kind: `${kind}List`, apiVersion: "v1" },
    metadata: { resourceVersion: "1", ...(to < all.length && { continue: String(to) }) },
    items: all.slice(from, to),
  };
}

/** All kinds that are collected, in the group version that is asked for. */
function discovery(parts: readonly string[]): object {
  const groupVersion = parts.slice(1).join("/");
  const kinds = Object.entries(collectedKinds).filter(([, it]) => it === groupVersion);
  const resources = kinds.map(([kind]) => ({ name: pluralOf(kind), kind, namespaced: false, verbs: ["list"] }));
  return { kind: "APIResourceList", groupVersion, resources };
}

function pluralOf(kind: string): string {
  const word = kind.toLowerCase();
  return word.endsWith("y") ? `${word.slice(0, -1)}ies` : word.endsWith("s") ? `${word}es` : `${word}s`;
}
