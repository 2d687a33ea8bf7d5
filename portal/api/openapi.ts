import { z } from "zod";
import { operations } from "./routes.ts";
import type { Operation } from "./routes.ts";
import { named } from "./schemas.ts";

/** The OpenAPI 3.1 document of /api/v1, made from the schemas that requests are checked by. */
export function openApi(serverUrl: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const [operationId, operation] of Object.entries(operations) as [string, Operation][])
    (paths[operation.path] ??= {})[operation.method] = describe(operationId, operation);
  return {
    openapi: "3.1.0",
    info: {
      ...{ title: "kasm-vdi portal", version: "v1" },
      description:
        "Desktops of the person who asks: signed in by a cookie or a header of the site, or by a token of the cluster.",
    },
    servers: [{ url: `${serverUrl}/api/v1` }],
    security: [{ token: [] }, { cookie: [] }],
    paths,
    components: {
      schemas: components(),
      securitySchemes: {
        token: { type: "http", scheme: "bearer", description: "A token of Kubernetes." },
        cookie: { type: "apiKey", in: "cookie", name: "__Host-portal" },
      },
    },
  };
}

function describe(operationId: string, operation: Operation): object {
  const { summary, path, body, answer, status, query, type = "application/json" } = operation;
  const parameters = [
    ...(path.includes("{name}") ? [{ name: "name", in: "path", required: true, schema: { type: "string" } }] : []),
    ...(query === undefined ? [] : [{ name: query, in: "query", schema: { type: "boolean" } }]),
  ];
  const schema = operation.type === undefined ? answer && reference(answer) : { type: "string" };
  return {
    ...{ operationId, summary },
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: { required: true, content: { "application/json": { schema: reference(body) } } },
    }),
    responses: {
      [status]: { description: "Done", ...(schema && { content: { [type]: { schema } } }) },
      default: {
        description: "Refused; `detail` says why.",
        content: { "application/problem+json": { schema: reference(named.Problem) } },
      },
    },
  };
}

const prefix = "#/components/schemas/";

function reference(schema: z.ZodType): object {
  if (schema instanceof z.ZodArray) return { type: "array", items: reference(schema.element as z.ZodType) };
  const [name] = Object.entries(named).find(([, it]) => it === schema) ?? [];
  if (name === undefined) throw new Error("a schema of an operation has no name in api/schemas.ts");
  return { $ref: `${prefix}${name}` };
}

function components(): object {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(named)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, { uri: (id) => `${prefix}${id}` });
  // The document says of itself which dialect it is in, and each has its place.
  return Object.fromEntries(
    Object.entries(schemas).map(([id, schema]) => {
      const described: Record<string, unknown> = { ...schema };
      delete described["$schema"];
      delete described["$id"];
      return [id, described];
    }),
  );
}
