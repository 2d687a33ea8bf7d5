import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import * as pulumi from "@pulumi/pulumi";
import { parse, parseAllDocuments } from "yaml";
import { apiMessage, statusCode } from "../../kube/client.ts";
import type { AnyObject, ClusterClient } from "../../kube/client.ts";
import { loadConfig } from "../../stacks/config.ts";
import { platform } from "../../stacks/platform.ts";
import { registrationsOf } from "../program/registrations.ts";
import { OwnControlPlane } from "./control-plane-of-its-own.ts";

const checkout = join(import.meta.dirname, "..", "..");
const read = (path: string) => readFileSync(join(checkout, path), "utf8");
const stack = (name: string) => (parse(read(`Pulumi.${name}.yaml`)) as { config: Record<string, unknown> }).config;

const pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
const base = {
  ...{ domain: "desktops.example.com", nodeCount: 3, gpuCount: 2, publicIPs: ["192.0.2.1"] },
  // No build of the operator is needed.
  operator: { image: "registry.example.com/kasm-operator:1.0.0" },
};

/** All modes and options that make objects. */
const configs: Record<string, Record<string, unknown>> = {
  "the stack dev": { ...stack("dev"), operator: base.operator },
  "the stack prod": { ...stack("prod"), operator: base.operator },
  "a Traefik and a provisioner of our own": {
    ...base,
    traefik: { mode: "own" },
    storage: { mode: "own" },
    gpu: { driver: "container" },
  },
  "every option": {
    ...base,
    // A claim cannot be changed into that of another stack.
    namespaces: { kasm: "kasm-two" },
    storage: { mode: "patch" },
    turn: { enabled: true, tlsSecretName: "turn-tls", nat: { "10.0.0.4": "192.0.2.1" }, nodeLabels: { turn: "true" } },
    kasm: { backup: { schedule: "0 3 * * *" }, directRdp: {} },
    certificate: { certManager: { issuerName: "letsencrypt" } },
    registry: { mirror: "registry.example.com/mirror", pullSecret: '{"auths":{}}' },
    trustedCa: pem,
    operator: { ...base.operator, monitoring: true, access: { userHeader: "X-User", middlewares: ["sso"] } },
    portal: {
      enabled: true,
      image: "registry.example.com/kasm-portal:1.0.0",
      oidc: { issuer: "https://id.example.com", clientId: "portal", clientSecret: "hunter2" },
      middlewares: ["sso"],
      adminGroups: ["admins"],
    },
  },
};

// Each run of the plugin is a field manager of its own. Where the server fills something in within a part of an object that is
// applied as a whole, a run that makes the object again, after one that was killed, conflicts with the one before.
describe("what the program makes, made again by a later run", function () {
  this.timeout(240_000);
  const cluster = new OwnControlPlane();
  let client: ClusterClient;

  before(async () => {
    await cluster.up();
    client = cluster.client();
    const crds = parseAllDocuments(read("lab/charts/traefik/crds/traefik.io.yaml")).map((it) => it.toJS() as AnyObject);
    const others = [
      ["helm.cattle.io", "v1", "HelmChartConfig"],
      ["monitoring.coreos.com", "v1", "ServiceMonitor"],
      ["monitoring.coreos.com", "v1", "PrometheusRule"],
    ] as const;
    for (const crd of [...crds, ...others.map(openCrd)]) await client.apply(crd, { fieldManager: "others" });
  });
  after(() => cluster.down());

  for (const [name, config] of Object.entries(configs))
    it(`conflicts for no object of ${name}`, async () => {
      const objects = await objectsOf(config);
      expect(objects.length).to.be.greaterThan(40);
      for (const object of objects)
        await served(() => client.apply(object, { fieldManager: "first-run", force: true }));
      const conflicts: string[] = [];
      for (const object of objects) {
        const message = await client.apply(object, { fieldManager: "second-run" }).then(
          () => undefined,
          (error: unknown) => apiMessage(error),
        );
        if (message !== undefined) conflicts.push(`${object.kind ?? ""} ${object.metadata?.name ?? ""}: ${message}`);
      }
      expect(conflicts).to.deep.equal([]);
    });

  /** A kind comes a moment after its CRD. */
  async function served<T>(work: () => Promise<T>): Promise<T> {
    for (let tries = 0; ; tries++) {
      try {
        return await work();
      } catch (error) {
        const isMissing = statusCode(error) === 404 || (error as Error).name === "UnknownKindError";
        if (!isMissing || tries === 20) throw error;
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
    }
  }
});

/** The objects that the program registers, as the plugin sends them; patches, which are forced, are none. */
async function objectsOf(config: Record<string, unknown>): Promise<AnyObject[]> {
  const { resources } = await registrationsOf(
    () => platform(loadConfig(config)),
    ({ type, inputs }) => ({
      ...(inputs as object),
      ...(type === "random:index/randomPassword:RandomPassword" && { result: pulumi.secret("correct-horse") }),
      ...(type.startsWith("command:") && { stdout: '{"addresses":[]}' }),
    }),
  );
  return resources
    .filter(
      ({ type, isRead }) => /^kubernetes:[\w.]+\/v\w+:\w+$/.test(type) && !/Patch$|helm\.sh/.test(type) && !isRead,
    )
    .map(({ inputs }) => sent(inputs as AnyObject));
}

function sent({ stringData, ...object }: AnyObject): AnyObject {
  if (stringData === undefined) return object;
  const texts = Object.entries(stringData as Record<string, string>);
  return { ...object, data: Object.fromEntries(texts.map(([key, text]) => [key, btoa(text)])) };
}

function openCrd([group, version, kind]: readonly [string, string, string]): AnyObject {
  const plural = `${kind.toLowerCase()}s`;
  const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: "Namespaced",
      names: { kind, plural },
      versions: [{ name: version, served: true, storage: true, schema }],
    },
  };
}
