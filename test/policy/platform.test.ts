import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { parse } from "yaml";
import { explain, violations } from "../../policy/rule.ts";
import { rules } from "../../policy/rules.ts";
import type { PolicyResource } from "../../policy/resource.ts";
import { leaves, unknownValue } from "../../policy/value.ts";
import { loadConfig } from "../../stacks/config.ts";
import { platformResources } from "./registered.ts";

const root = join(import.meta.dirname, "..", "..");

/** What the rules have against the platform for a config, as people read it; advice is left out. */
async function complaints(source: Record<string, unknown>, origin?: string): Promise<string[]> {
  const found = violations(rules, await platformResources(loadConfig(source, origin)));
  return found
    .filter(({ rule }) => rule.level === "mandatory")
    .map((one) => `${one.rule.name}: ${explain(one.rule, one)}`);
}

const portalImage = "registry.example.com/kasm-portal:1.0.0";

describe("the rules over the platform", () => {
  for (const file of ["Pulumi.dev.yaml", "Pulumi.prod.yaml", "lab/stack.yaml"])
    it(`have nothing against ${file}`, async () => {
      const { config } = parse(readFileSync(join(root, file), "utf8")) as { config: Record<string, unknown> };
      expect(await complaints(config, file)).to.deep.equal([]);
    });

  it("have nothing against any valid config", async () => {
    const config = fc.record({
      domain: fc.constantFrom("a.example.com", "desktops.example.com"),
      nodeCount: fc.integer({ min: 1, max: 30 }),
      gpuCount: fc.integer({ min: 0, max: 60 }),
      publicIPs: fc.constant(["192.0.2.1"]),
      protectData: fc.boolean(),
      certificate: fc.constantFrom({}, { secretName: "mine" }, { certManager: { issuerName: "letsencrypt" } }),
      gpu: fc.record({ replicasPerGpu: fc.integer({ min: 1, max: 16 }), driver: fc.constantFrom("host", "container") }),
      kasm: fc.record({ database: fc.constantFrom("initialize", "keep", "upgrade") }),
      storage: fc.record({ mode: fc.constantFrom("check", "patch", "own") }),
      traefik: fc.record({ mode: fc.constantFrom("k3s", "own") }),
      turn: fc.record({ enabled: fc.boolean() }),
      operator: fc.constantFrom({}, { image: "registry.example.com/kasm-operator:1.0.0" }),
      portal: fc.constantFrom<object>(
        {},
        { enabled: true, image: portalImage, userHeader: "X-User", middlewares: ["sign-in"] },
        { enabled: true, image: portalImage, oidc: { issuer: "https://id.example.com", clientId: "portal" } },
      ),
      registry: fc.constantFrom({}, { mirror: "registry.example.com/mirror", pullSecretName: "pull" }),
    });
    await fc.assert(
      fc.asyncProperty(config, async (source) => {
        expect(await complaints(source)).to.deep.equal([]);
      }),
      { numRuns: 12 },
    );
  }).timeout(30_000);

  it("judge what is not known yet without an error, whichever value it is", async () => {
    const resources = await platformResources(loadConfig({ domain: "a.example.com", nodeCount: 2, gpuCount: 1 }));
    const places = resources.flatMap((resource, index) =>
      leaves(resource.props).flatMap(({ path }) => path.map((_, depth) => ({ index, path: path.slice(0, depth + 1) }))),
    );
    fc.assert(
      fc.property(fc.constantFrom(...places), ({ index, path }) => {
        const changed = resources.map((resource, at) => (at === index ? forget(resource, path) : resource));
        expect(() => violations(rules, changed)).not.to.throw();
      }),
      { numRuns: 60 },
    );
  });
});

/** The resource as a preview sees it that does not know the value at the path. */
function forget(resource: PolicyResource, path: readonly string[]): PolicyResource {
  const props = structuredClone(resource.props) as Record<string, unknown>;
  const parent = path
    .slice(0, -1)
    .reduce<Record<string, unknown>>((at, key) => at[key] as Record<string, unknown>, props);
  parent[path.at(-1)!] = unknownValue;
  return { ...resource, props };
}
