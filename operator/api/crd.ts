import { z } from "zod";

export const group = "vdi.kasm.io";
export const version = "v1alpha1";

export interface PrinterColumn {
  name: string;
  type: "string" | "integer" | "date";
  jsonPath: string;
  /** 1 shows the column only with `-o wide`. */
  priority?: number;
}

/** One kind of our API; its schemas are the source of the TypeScript types and of the CRD. */
export interface Crd {
  kind: string;
  plural: string;
  shortNames: string[];
  scope: "Namespaced" | "Cluster";
  description: string;
  spec: z.ZodObject;
  status: z.ZodObject;
  /** Paths of the scale subresource, by which `kubectl scale` and autoscalers set a size. */
  scale?: { specReplicasPath: string; statusReplicasPath: string; labelSelectorPath: string };
  printerColumns: PrinterColumn[];
}

/** JSON Schema as far as the API server's structural schemas go. */
export type StructuralSchema = { [keyword: string]: unknown };

/** The CustomResourceDefinition manifest (apiextensions.k8s.io/v1) of one kind. */
export function crdManifest(crd: Crd) {
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${crd.plural}.${group}` },
    spec: {
      group,
      names: {
        kind: crd.kind,
        listKind: `${crd.kind}List`,
        plural: crd.plural,
        singular: crd.kind.toLowerCase(),
        shortNames: crd.shortNames,
      },
      scope: crd.scope,
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          subresources: { status: {}, ...(crd.scale && { scale: crd.scale }) },
          additionalPrinterColumns: crd.printerColumns,
          schema: {
            openAPIV3Schema: {
              type: "object",
              description: crd.description,
              required: ["spec"],
              properties: {
                apiVersion: { type: "string" },
                kind: { type: "string" },
                metadata: { type: "object" },
                spec: structuralSchema(crd.spec),
                status: structuralSchema(crd.status),
              },
            },
          },
        },
      ],
    },
  };
}

/** Turns a zod schema into a structural schema: what the API server's subset lacks is dropped or rewritten. */
export function structuralSchema(schema: z.ZodType): StructuralSchema {
  // "input": a field with a default may be left out.
  return structural(z.toJSONSchema(schema, { io: "input", reused: "inline" }));
}

// propertyNames and additionalProperties: false are not in the subset; pruning does their work.
const keptKeywords = new Set([
  "type",
  "description",
  "format",
  "enum",
  "default",
  "required",
  "pattern",
  "minLength",
  "maxLength",
  "maxItems",
  "minimum",
  "maximum",
]);

function structural(node: StructuralSchema): StructuralSchema {
  if (node["x-kubernetes-int-or-string"] === true) return intOrString(node);
  const result: StructuralSchema = {};
  for (const [keyword, value] of Object.entries(node)) {
    if (keyword.startsWith("x-kubernetes-") || (keptKeywords.has(keyword) && !isSafeIntegerBound(value))) {
      result[keyword] = value;
    } else if (keyword === "properties") {
      result[keyword] = mapValues(value as Record<string, StructuralSchema>, structural);
    } else if (keyword === "items" || (keyword === "additionalProperties" && typeof value === "object")) {
      result[keyword] = structural(value as StructuralSchema);
    }
  }
  return result;
}

function intOrString(node: StructuralSchema): StructuralSchema {
  const { description, maxLength, "x-kubernetes-validations": validations, default: fallback } = node;
  return {
    ...(description === undefined ? {} : { description }),
    ...(fallback === undefined ? {} : { default: fallback }),
    anyOf: [{ type: "integer" }, { type: "string" }],
    "x-kubernetes-int-or-string": true,
    // Of what is text.
    maxLength,
    "x-kubernetes-validations": validations,
  };
}

// zod bounds every integer to what a double holds exactly; as limits of an API field they only make noise.
function isSafeIntegerBound(value: unknown): boolean {
  return value === Number.MAX_SAFE_INTEGER || value === Number.MIN_SAFE_INTEGER;
}

function mapValues<In, Out>(record: Record<string, In>, change: (value: In) => Out): Record<string, Out> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
