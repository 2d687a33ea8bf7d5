import { readFileSync } from "node:fs";
import { expect } from "chai";
import fc from "fast-check";
import type { z } from "zod";
import { gpuOperatorValues } from "../../../components/gpu-operator/values.ts";
import type { GpuOperatorValuesArgs } from "../../../components/gpu-operator/values.ts";
import { kasmValues } from "../../../components/kasm-workspaces/values.ts";
import type { KasmValuesArgs } from "../../../components/kasm-workspaces/values.ts";
import { traefikValues } from "../../../components/traefik/manifests.ts";
import { gpuOperator } from "./gpu-operator-26.7.0.schema.ts";
import { kasmHelm } from "./kasm-helm-1.1190.6.schema.ts";
import { expandBraces, leafPaths } from "./schema-paths.ts";
import { traefik } from "./traefik-41.schema.ts";

const page = readFileSync(new URL("../../../docs/charts.md", import.meta.url), "utf8");

/** The keys in the first column of the table under a heading of docs/charts.md. */
function documented(heading: string): string[] {
  const section = page.split(`\n### ${heading}\n`)[1]?.split("\n##")[0] ?? "";
  const rows = section.split("\n").filter((line) => line.startsWith("| `"));
  const cells = rows.map((row) => row.split("|")[1] ?? "");
  return cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].flatMap(([, key = ""]) => expandBraces(key)));
}

function accepts(schema: z.ZodType, values: object): void {
  const { error } = schema.safeParse(values);
  expect(error?.issues, JSON.stringify(values)).to.equal(undefined);
}

const registry = fc.record(
  {
    mirror: fc.constantFrom("registry.example.com", "registry.example.com:5000/mirror/", "10.0.0.1:5000/a/b"),
    pullSecretName: fc.constantFrom("pull", "site-registry"),
  },
  { requiredKeys: [] },
);
const name = fc.stringMatching(/^[a-z]([a-z0-9-]{0,20}[a-z0-9])?$/);

const kasmArgs: fc.Arbitrary<KasmValuesArgs> = fc.record(
  {
    domain: name.map((label) => `${label}.example.com`),
    chart: fc.constant({ chart: "kasm-helm", version: "1.1190.6" }),
    database: fc.constantFrom("initialize", "keep", "upgrade"),
    sizing: fc.record({
      deploymentSize: fc.constantFrom("small", "medium", "large"),
      replicas: fc.integer({ min: 1, max: 3 }),
      isCompact: fc.boolean(),
    }),
    nginxResolver: fc.ipV4(),
    storageClassName: name,
    certificate: fc.oneof(
      fc.record({ kind: fc.constant("secret" as const), secretName: name }),
      fc.record({ kind: fc.constant("self-signed" as const) }),
      fc.record({
        kind: fc.constant("cert-manager" as const),
        issuerName: name,
        issuerKind: fc.constantFrom("Issuer", "ClusterIssuer"),
      }),
    ),
    imageTag: fc.constantFrom("1.19.0", "1.19.0-rolling-2026-06-02"),
    registry,
    trustedCa: fc.constant("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"),
    directRdp: fc.record({
      type: fc.constantFrom("LoadBalancer", "NodePort"),
      port: fc.integer({ min: 1, max: 65535 }),
    }),
  },
  {
    requiredKeys: ["domain", "chart", "database", "sizing", "nginxResolver", "storageClassName", "certificate"],
  },
);

const pool = fc.record({
  name,
  count: fc.integer({ min: 1, max: 9 }),
  gpusPerNode: fc.integer({ min: 1, max: 8 }),
  replicasPerGpu: fc.integer({ min: 1, max: 48 }),
  labels: fc.constant({}),
});
const toleration = fc.record(
  { key: name, value: name, effect: fc.constantFrom("NoSchedule", "PreferNoSchedule", "NoExecute") },
  { requiredKeys: ["key"] },
);
const gpuArgs: fc.Arbitrary<GpuOperatorValuesArgs> = fc.record(
  {
    driver: fc.constantFrom("host", "container"),
    pools: fc.array(pool, { minLength: 1, maxLength: 4 }),
    registry,
    tolerations: fc.array(toleration, { maxLength: 3 }),
  },
  { requiredKeys: ["driver", "pools"] },
);

describe("the values for the real charts", () => {
  it("have no key that kasm-helm 1.1190.6 does not have, and of its types, whatever the config", () => {
    fc.assert(fc.property(kasmArgs, (args) => accepts(kasmHelm, kasmValues(args))));
  });

  it("have no key that gpu-operator v26.7.0 does not have, and of its types, whatever the config", () => {
    fc.assert(fc.property(gpuArgs, (args) => accepts(gpuOperator, gpuOperatorValues(args))));
  });

  it("have no key that traefik 41.x does not have, and of its types, whatever the registry", () => {
    fc.assert(
      fc.property(registry, fc.option(name, { nil: undefined }), (given, namespace) =>
        accepts(traefik, traefikValues(given, namespace)),
      ),
    );
  });

  it("would be told of a key that neither chart has, at any depth", () => {
    const [kasm] = fc.sample(kasmArgs, { numRuns: 1, seed: 1 });
    const values = kasmValues(kasm!);
    const misspelt = { ...values, database: { ...values.database, storage: { size: 8 } } };
    for (const wrong of [{ ...values, global: {} }, misspelt])
      expect(kasmHelm.safeParse(wrong).success, Object.keys(wrong).join()).to.equal(false);
    const gpu = gpuOperatorValues({ driver: "host", pools: [] });
    expect(gpuOperator.safeParse({ ...gpu, operator: { defaultRuntime: "containerd" } }).success).to.equal(false);
  });

  it("are documented key by key with the place where each chart defines them", () => {
    expect(documented("kasm-helm")).to.have.members(leafPaths(kasmHelm));
    expect(documented("gpu-operator")).to.have.members(leafPaths(gpuOperator));
    expect(documented("traefik")).to.have.members(leafPaths(traefik));
  });
});
