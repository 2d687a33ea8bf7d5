import type { AnyObject } from "../../kube/object.ts";

/** One rule of an IngressRoute and what it leads to. */
export interface Route {
  readonly match: string;
  /** `v2` where the route says that it is written so. */
  readonly syntax: string | undefined;
  readonly priority: number | undefined;
  readonly middlewares: readonly { readonly name: string; readonly namespace?: string }[];
  readonly backends: readonly Backend[];
}

export interface Backend {
  readonly name: string;
  readonly namespace?: string;
  readonly port: string | number | undefined;
}

interface RouteSpec {
  match?: string;
  syntax?: string;
  priority?: number;
  middlewares?: { name: string; namespace?: string }[];
  services?: { name: string; namespace?: string; kind?: string; port?: string | number }[];
}

export function routesOf(object: AnyObject): Route[] {
  const { routes = [] } = (object["spec"] ?? {}) as { routes?: RouteSpec[] };
  return routes.map(({ match = "", syntax, priority, middlewares = [], services = [] }) => ({
    match,
    syntax,
    // 0 stands for none.
    priority: priority === 0 ? undefined : priority,
    middlewares,
    // A TraefikService is none of ours to follow; `api@internal` is Traefik's own.
    backends: services
      .filter(({ kind, name }) => kind !== "TraefikService" && !name.includes("@"))
      .map(({ name, namespace, port }) => ({ name, port, ...(namespace !== undefined && { namespace }) })),
  }));
}

/** The priority that decides: the rule's length in bytes where none is set. */
export function weightOf({ match, priority }: Route): number {
  return priority ?? Buffer.byteLength(match);
}
