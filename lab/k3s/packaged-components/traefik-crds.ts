import type { AnyObject } from "../../../kube/client.ts";
import { helmOwned } from "./helm-owned.ts";

type Schema = Record<string, unknown>;

/**
 * The ten traefik.io kinds as the Helm release traefik-crd owns them on a stock K3s. Schemas are the lab's own: they
 * refuse what Traefik's refuse in the fields that people get wrong, and let everything else pass.
 */
export function traefikCrds(): AnyObject[] {
  return Object.entries(specs).map(([kind, spec]) => helmOwned("traefik-crd", crd(kind, spec)));
}

function crd(kind: string, spec: Schema): AnyObject {
  const singular = kind.toLowerCase();
  const plural = `${singular}s`;
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.traefik.io` },
    spec: {
      group: "traefik.io",
      scope: "Namespaced",
      names: { kind, listKind: `${kind}List`, plural, singular },
      versions: [
        {
          name: "v1alpha1",
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: {
              type: "object",
              required: ["metadata", "spec"],
              properties: { spec: { ...anything, ...spec } },
            },
          },
        },
      ],
    },
  };
}

const anything: Schema = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
const text: Schema = { type: "string" };
const texts: Schema = { type: "array", items: text };
const port: Schema = { "x-kubernetes-int-or-string": true };
const group = (properties: Schema, required: string[] = []): Schema => ({
  ...anything,
  ...(required.length > 0 && { required }),
  properties,
});
const list = (items: Schema): Schema => ({ type: "array", items });
const reference = group({ name: text, namespace: text }, ["name"]);

const httpService = group(
  {
    kind: { ...text, enum: ["Service", "TraefikService"] },
    name: text,
    namespace: text,
    port,
    scheme: text,
    serversTransport: text,
    nativeLB: { type: "boolean" },
    weight: { type: "integer", minimum: 0 },
  },
  ["name"],
);
const layer4Service = group({ name: text, namespace: text, port, weight: { type: "integer", minimum: 0 } }, [
  "name",
  "port",
]);
const tls = group({ secretName: text, certResolver: text, options: reference, store: reference });

const specs: Record<string, Schema> = {
  IngressRoute: group(
    {
      entryPoints: texts,
      tls,
      routes: list(
        group(
          {
            kind: { ...text, enum: ["Rule"] },
            match: text,
            priority: { type: "integer", maximum: 9223372036854774807 },
            syntax: text,
            middlewares: list(reference),
            services: list(httpService),
          },
          ["match"],
        ),
      ),
    },
    ["routes"],
  ),
  IngressRouteTCP: group(
    {
      entryPoints: texts,
      tls: group({ ...(tls.properties as Schema), passthrough: { type: "boolean" } }),
      routes: list(group({ match: text, middlewares: list(reference), services: list(layer4Service) }, ["match"])),
    },
    ["routes"],
  ),
  IngressRouteUDP: group({ entryPoints: texts, routes: list(group({ services: list(layer4Service) })) }, ["routes"]),
  // The chart's since Traefik 3.6.9: who asks whether a field is there finds it.
  Middleware: group({
    forwardAuth: group({ maxResponseBodySize: { type: "integer", format: "int64" } }),
    errors: group({
      status: list({ ...text, pattern: "^([1-5][0-9]{2}[,-]?)+$" }),
      statusRewrites: { type: "object", additionalProperties: { type: "integer" } },
      query: text,
      service: httpService,
    }),
  }),
  MiddlewareTCP: anything,
  ServersTransport: group({ insecureSkipVerify: { type: "boolean" }, serverName: text }),
  ServersTransportTCP: anything,
  TLSOption: group({ minVersion: text, maxVersion: text }),
  TLSStore: group({ defaultCertificate: group({ secretName: text }, ["secretName"]) }),
  TraefikService: anything,
};
