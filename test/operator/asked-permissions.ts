import type { Request, Scope, Verb } from "../../operator/permissions.ts";

/**
 * A request to the API server as its authorizer sees it.
 *
 * @param path with its query
 * @returns undefined for what is no resource: discovery, health
 */
export function askedPermission(
  method: string,
  path: string,
  namespaces: Readonly<Record<Exclude<Scope, "cluster">, string>>,
): Request | undefined {
  const url = new URL(path, "http://api");
  const [, group = "", rest] = /^\/(?:api|apis\/([^/]+))\/v[^/]+\/(.+)$/.exec(url.pathname) ?? [];
  if (rest === undefined) return undefined;
  const [, namespace, inside] = /^namespaces\/([^/]+)\/(.+)$/.exec(rest) ?? [];
  const [plural = "", name, subresource] = (inside ?? rest).split("/").map(decodeURIComponent);
  const scope = (["sessions", "own"] as const).find((it) => namespaces[it] === namespace);
  if (namespace !== undefined && scope === undefined)
    throw new Error(`${method} ${path} is outside of both namespaces`);
  return {
    ...{ apiGroup: group, resource: subresource === undefined ? plural : `${plural}/${subresource}` },
    scope: scope ?? "cluster",
    verb: verbOf(method, name, url.searchParams.get("watch") === "true"),
    ...(name !== undefined && { name }),
  };
}

function verbOf(method: string, name: string | undefined, isWatch: boolean): Verb {
  if (method === "GET" && name === undefined) return isWatch ? "watch" : "list";
  const verbs: Record<string, Verb> = { GET: "get", POST: "create", PUT: "update", PATCH: "patch", DELETE: "delete" };
  const verb = verbs[method];
  if (verb === undefined || (verb === "delete" && name === undefined)) throw new Error(`no verb of ours: ${method}`);
  return verb;
}
