import { expect } from "chai";
import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import type { StackConfig } from "../../stacks/config.ts";
import type { Crd } from "../../components/vdi-operator/crds.ts";
import { loadConfig } from "../../stacks/config.ts";
import { platform } from "../../stacks/platform.ts";
import { registrationsOf, valueOf } from "./registrations.ts";
import type { Registration } from "./registrations.ts";

const testHostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";
const base = {
  ...{ domain: "desktops.example.com", nodeCount: 3, gpuCount: 2, publicIPs: ["192.0.2.1"] },
  // No test of the graph waits for a build.
  operator: { image: "registry.example.com/kasm-operator:1.0.0" },
};

/** Every part of the platform at once. */
const everything = {
  portal: {
    ...{ enabled: true, image: "registry.example.com/kasm-portal:1.0.0" },
    oidc: { issuer: "https://id.example.com", clientId: "portal" },
  },
  turn: { enabled: true },
  agents: [{ name: "rack-1", host: "192.0.2.9", hostKey: testHostKey, password: "correct horse" }],
};

// Stand for the real ones, whose schemas are long and no matter of the graph.
const crds: Crd[] = ["vdisessions", "vditemplates"].map((plural) => ({
  name: `${plural}.vdi.kasm.io`,
  args: {
    metadata: { name: `${plural}.vdi.kasm.io` },
    spec: { group: "vdi.kasm.io", names: { kind: plural, plural }, scope: "Namespaced", versions: [] },
  },
}));

/** Each config is registered once: it takes a third of a second, and tests only look. */
const registered = new Map<string, ReturnType<typeof registerConfig>>();

const register = (overrides: Record<string, unknown> = {}) => {
  const key = JSON.stringify(overrides);
  const known = registered.get(key) ?? registerConfig(loadConfig({ ...base, ...overrides }));
  registered.set(key, known);
  return known;
};

const registerConfig = (config: StackConfig) =>
  registrationsOf(
    () => platform(config, { crds }),
    ({ type, inputs }) => {
      const given = inputs as Record<string, unknown>;
      if (type === "random:index/randomPassword:RandomPassword")
        return { ...given, result: pulumi.secret("swordfish") };
      if (type.startsWith("command:")) return { ...given, stdout: "{}" };
      if (type === "kubernetes:core/v1:Service")
        return { status: { loadBalancer: { ingress: [{ ip: "198.51.100.7" }] } } };
      return given;
    },
  );

const find = (resources: readonly Registration[], name: string): Registration => {
  const found = resources.find((resource) => resource.name === name);
  if (!found)
    throw new Error(`${name} is not registered; ${resources.map((resource) => resource.name).join(", ")} are`);
  return found;
};

const isKubernetes = ({ type }: Registration) => type.startsWith("kubernetes:");

describe("the platform's registration graph", () => {
  const components = (resources: Registration[]) =>
    resources.filter(({ isComponent, type }) => isComponent && type.startsWith("kasm:")).map(({ type }) => type);
  const always = [
    "kasm:platform:DataProtection",
    "kasm:ingress:Traefik",
    "kasm:storage:LocalPathStorage",
    "kasm:vdi:VdiOperator",
    "kasm:workspaces:KasmWorkspaces",
  ];

  it("is all nine components and what protects them when the config asks for all", async () => {
    const { resources } = await register({ ...everything });
    expect(components(resources)).to.have.members([
      ...always,
      "kasm:cluster:Preflight",
      "kasm:gpu:GpuOperator",
      "kasm:turn:TurnServer",
      "kasm:agents:KasmAgents",
      "kasm:vdi:Portal",
    ]);
  });

  it("is those that every environment needs when the config asks for no more", async () => {
    const { resources } = await register({ gpuCount: 0, preflight: { mode: "off" } });
    expect(components(resources)).to.have.members(always);
  });

  it("looks at the prerequisites before any other component", async () => {
    const { resources } = await register({ ...everything });
    const { urn } = find(resources, "preflight-checks");
    // Agents wait for Kasm, which waits for the checks.
    for (const name of ["traefik", "storage", "turn", "vdi", "portal", "gpu", "kasm"])
      expect(find(resources, name).dependencies, name).to.include(urn);
    expect(find(resources, "agents").dependencies).to.include(find(resources, "kasm-release").urn);
  });

  it("installs the GPU operator, whose toolkit may restart the only K3s server, after all other objects", async () => {
    const { resources } = await register({ ...everything });
    const before = new Set(find(resources, "gpu").dependencies);
    for (const urn of before)
      for (const it of resources.find((one) => one.urn === urn)?.dependencies ?? []) before.add(it);
    // What nothing else waits for, and is made in the first second.
    const early = ["vdi-view-role", "vdi-edit-role", "vdi-admin-role", "turn-default-deny"];
    const late = resources.filter((it) => isKubernetes(it) && !it.name.startsWith("gpu-") && !before.has(it.urn));
    expect(late.map(({ name }) => name)).to.have.members(early);
  });

  it("waits for what it installed side by side: no gate for another, and nothing for a gate but agents", async () => {
    const { resources } = await register({ ...everything });
    const gates = ["traefik-rollout", "turn-rollout", "vdi-rollout", "kasm-rollout", "gpu-capacity"];
    for (const gate of gates) {
      const after = resources.filter(({ dependencies }) => dependencies.includes(find(resources, gate).urn));
      const expected = gate === "kasm-rollout" ? ["agents", "protection"] : ["protection"];
      expect(
        after.map(({ name }) => name),
        gate,
      ).to.have.members(expected);
    }
  });

  it("checks Kasm's certificate by the site's authorities only where it is not self-signed", async () => {
    const pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    const stdin = async (certificate: object) => {
      const { resources } = await register({ ...everything, trustedCa: pem, certificate });
      return String(find(resources, "agents-rack-1").inputs["stdin"]).split("\n")[1];
    };
    expect(await stdin({})).to.equal("ca=''");
    expect(await stdin({ secretName: "mine" })).to.match(/^ca='-----BEGIN CERTIFICATE-----$/);
  });

  it("consists of these parts", async () => {
    const { resources } = await register();
    // What the VDI operator consists of is said by its own test.
    const parts = resources.filter(({ isComponent, name }) => !isComponent && !name.startsWith("vdi-"));
    expect(parts.map(({ name }) => name)).to.have.members([
      "cluster",
      "preflight-checks",
      "traefik-gate",
      "traefik-config",
      "traefik-rollout",
      "storage-check",
      "gpu-namespace",
      "gpu-time-slicing",
      "gpu-default-deny",
      "gpu-within-namespace",
      "gpu-release",
      "gpu-capacity",
      "kasm-namespace",
      "kasm-admin-password",
      "kasm-user-password",
      "kasm-db-password",
      "kasm-service-token",
      "kasm-manager-token",
      "kasm-secrets",
      "kasm-database",
      "kasm-pre-upgrade",
      "kasm-rollout",
      "kasm-default-deny",
      "kasm-within-namespace",
      "kasm-from-traefik",
      "kasm-to-the-world",
      "kasm-certificate",
      "kasm-default-certificate",
      "kasm-release",
      "kasm-proxy-budget",
      "kasm-api-budget",
      "kasm-manager-budget",
    ]);
  });

  it("names every part after its component, which is its parent", async () => {
    const { resources } = await register();
    for (const child of resources.filter(({ isComponent, name }) => !isComponent && name !== "cluster")) {
      const parent = resources.find(({ urn }) => urn === child.parent);
      expect(parent?.isComponent, `parent of ${child.name}`).to.equal(true);
      expect(child.name).to.match(new RegExp(`^${parent?.name ?? "?"}-`));
    }
  });

  it("gives every Kubernetes resource the one provider, also those that are only read", async () => {
    const { resources } = await register({ publicIPs: [] });
    const provider = find(resources, "cluster");
    const users = resources.filter(isKubernetes);
    expect(users.length).to.be.greaterThan(10);
    for (const user of users) expect(user.provider, user.name).to.equal(`${provider.urn}::cluster-id`);
  });

  it("writes its objects under one name in every run, and patches of others' under names of their own", async () => {
    const { resources } = await register({ ...everything, storage: { mode: "patch" } });
    const isObject = ({ type, isRead, inputs }: Registration) =>
      type.startsWith("kubernetes:") && !isRead && "metadata" in inputs;
    const managers = resources.filter(isObject).map(({ type, inputs: { metadata } }) => {
      const { annotations = {} } = metadata as { annotations?: Record<string, string> };
      return { isPatch: type.endsWith("Patch"), manager: annotations["pulumi.com/patchFieldManager"] };
    });
    const name = `pulumi-${pulumi.getProject()}-${pulumi.getStack()}`;
    expect(managers.length).to.be.greaterThan(60);
    const [patches, own] = [managers.filter(({ isPatch }) => isPatch), managers.filter(({ isPatch }) => !isPatch)];
    expect(new Set(own.map(({ manager }) => manager))).to.deep.equal(new Set([name]));
    expect(patches.map(({ manager }) => manager)).to.deep.equal(["kasm-vdi-local-path"]);
  });

  it("goes on under the names that objects have already: it ignores the name's annotation in them", async () => {
    const { resources } = await register({ ...everything });
    expect(find(resources, "kasm-namespace").ignoreChanges).to.deep.equal(["metadata.annotations"]);
    expect(find(resources, "vdi-deployment").ignoreChanges).to.deep.equal([
      'metadata.annotations["pulumi.com/patchFieldManager"]',
    ]);
  });

  it("sets the provider up so that a new kubeconfig replaces nothing, ConfigMaps change in place and what a killed run made is taken over", async () => {
    const { resources } = await register({ clusterName: "prod", kubeconfig: "./kubeconfig", context: "admin" });
    expect(find(resources, "cluster").inputs).to.deep.equal({
      clusterIdentifier: "prod",
      kubeconfig: "./kubeconfig",
      context: "admin",
      enableConfigMapMutable: "true",
      enableSecretMutable: "true",
      upsertExistingObjects: "true",
    });
  });

  it("marks every place that a password reaches as secret, and puts none into a Release", async () => {
    const { resources } = await register();
    const withPassword = resources.filter(({ inputs }) => JSON.stringify(inputs).includes("swordfish"));
    expect(withPassword.map(({ name }) => name)).to.have.members(["kasm-secrets", "vdi-access-secret"]);
    for (const { secrets } of withPassword) expect(secrets).to.deep.equal(["stringData"]);
    for (const release of resources.filter(({ type }) => type === "kubernetes:helm.sh/v3:Release"))
      expect(release.secrets, release.name).to.deep.equal([]);
  });

  it("installs Kasm after its Secret, its certificate and the record of its database", async () => {
    const { resources } = await register();
    expect(find(resources, "kasm-release").dependencies).to.include.members(
      ["kasm-namespace", "kasm-secrets", "kasm-certificate", "kasm-database"].map((name) => find(resources, name).urn),
    );
  });

  it("installs Kasm after its storage has been looked at, and after Traefik's kinds", async () => {
    const { resources } = await register();
    const urns = (...names: string[]) => names.map((name) => find(resources, name).urn);
    for (const name of ["kasm-pre-upgrade", "kasm-release"])
      expect(find(resources, name).dependencies).to.include.members(urns("storage-check", "traefik-config"));
  });

  it("keeps only routes of the operator waiting for Traefik", async () => {
    const { resources } = await register();
    const after = (name: string) =>
      resources.filter(({ dependencies }) => dependencies.includes(find(resources, name).urn)).map((one) => one.name);
    expect(after("traefik-config").filter((name) => name.startsWith("vdi-"))).to.have.members([
      "vdi-session-access",
      "vdi-session-headers",
      "vdi-session-errors",
      "vdi-session-retry",
      "vdi-session-transport",
    ]);
  });

  it("makes the time-slicing ConfigMap before the GPU operator, and looks at the nodes after it", async () => {
    const { resources } = await register();
    expect(find(resources, "gpu-release").dependencies).to.include(find(resources, "gpu-time-slicing").urn);
    expect(find(resources, "gpu-capacity").dependencies).to.include(find(resources, "gpu-release").urn);
  });

  it("has no GPU operator without GPUs", async () => {
    const { resources, result } = await register({ gpuCount: 0 });
    expect(resources.filter(({ name }) => name.startsWith("gpu"))).to.deep.equal([]);
    expect(result.checks.gpu).to.equal(null);
  });

  it("protects namespaces, passwords, the record and CRDs when data is to be protected", async () => {
    const { resources } = await register({ protectData: true });
    expect(resources.filter(({ protect }) => protect).map(({ name }) => name)).to.have.members([
      "vdi-namespace",
      "vdi-vdisessions",
      "vdi-vditemplates",
      "vdi-drain",
      "kasm-namespace",
      "kasm-admin-password",
      "kasm-user-password",
      "kasm-db-password",
      "kasm-service-token",
      "kasm-manager-token",
      "kasm-secrets",
      "kasm-database",
      "kasm-release",
      "protection",
    ]);
  });

  it("has a destroy meet the protection before anything else, whatever there is", async () => {
    const { resources } = await register({ ...everything, protectData: true });
    const { dependencies } = find(resources, "protection");
    const others = resources.filter(({ isComponent, name }) => !isComponent && name !== "cluster");
    expect(others.length).to.be.greaterThan(60);
    expect(dependencies).to.include.members(others.map(({ urn }) => urn));
  });

  it("protects and retains nothing otherwise: the next `up` would trip over what a destroy left", async () => {
    const { resources } = await register();
    expect(resources.filter(({ protect, retainOnDelete }) => protect || retainOnDelete)).to.deep.equal([]);
  });

  it("writes the record of the database again only for an upgrade", async () => {
    const ignored = async (database: string) => {
      const { resources } = await register({ kasm: { database } });
      return find(resources, "kasm-database").ignoreChanges.filter((path) => !path.startsWith("metadata"));
    };
    expect(await ignored("initialize")).to.deep.equal(["data"]);
    expect(await ignored("keep")).to.deep.equal(["data"]);
    expect(await ignored("upgrade")).to.deep.equal([]);
  });

  it("gives what the gates found as plain JSON", async () => {
    const { result } = await register();
    expect(await valueOf(result.checks.storage)).to.deep.equal({});
  });

  it("makes a certificate only when none is given", async () => {
    for (const certificate of [{ secretName: "mine" }, { certManager: { issuerName: "letsencrypt" } }]) {
      const { resources } = await register({ certificate });
      expect(resources.map(({ name }) => name)).not.to.include("kasm-certificate");
    }
  });

  it("reads Traefik's Service only when no address is configured", async () => {
    const configured = await register();
    expect(configured.resources.filter(({ isRead }) => isRead)).to.deep.equal([]);
    const asked = await register({ publicIPs: [] });
    expect(asked.resources.filter(({ isRead }) => isRead).map(({ name }) => name)).to.deep.equal(["traefik-service"]);
    expect((await valueOf(asked.result.dns)).map(({ values }) => values)).to.deep.equal([
      ["198.51.100.7"],
      ["198.51.100.7"],
    ]);
  });

  it("gives the administrator's password as a secret, and no other output as one", async () => {
    const { result } = await register();
    const { adminPassword, adminUser, dns } = result;
    expect(await pulumi.isSecret(adminPassword)).to.equal(true);
    expect(await pulumi.isSecret(adminUser)).to.equal(false);
    expect(await pulumi.isSecret(dns)).to.equal(false);
  });

  it("hands the kubeconfig to every script by its path, and nothing when the surroundings decide", async () => {
    const scripts = (resources: Registration[]) => resources.filter(({ type }) => type === "command:local:Command");
    const given = scripts((await register({ kubeconfig: "./kubeconfig" })).resources);
    expect(given).to.have.length(11);
    for (const { inputs, name } of given)
      expect(inputs["environment"], name).to.include({ KUBECONFIG: "./kubeconfig" });
    for (const { inputs, name } of scripts((await register()).resources))
      expect(inputs["environment"], name).not.to.have.property("KUBECONFIG");
  });

  it("puts every namespaced object into a namespace, whatever the config", async () => {
    const clusterScoped = [
      "core/v1:Namespace",
      "apiextensions.k8s.io/v1:CustomResourceDefinition",
      "rbac.authorization.k8s.io/v1:ClusterRole",
      "rbac.authorization.k8s.io/v1:ClusterRoleBinding",
      "admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy",
      "admissionregistration.k8s.io/v1:ValidatingAdmissionPolicyBinding",
      "vdi.kasm.io/v1alpha1:VDITemplate",
    ];
    const config = fc.record({
      domain: fc.constant("a.example.com"),
      nodeCount: fc.integer({ min: 1, max: 30 }),
      gpuCount: fc.integer({ min: 0, max: 60 }),
      publicIPs: fc.constant(["192.0.2.1"]),
      protectData: fc.boolean(),
      certificate: fc.constantFrom({}, { secretName: "mine" }, { selfSigned: true }),
    });
    await fc.assert(
      fc.asyncProperty(config, async (source) => {
        const { resources } = await register(source);
        const namespaced = resources.filter(
          (resource) => isKubernetes(resource) && !clusterScoped.some((kind) => resource.type.endsWith(kind)),
        );
        for (const { inputs, name } of namespaced) {
          const { namespace } = (inputs["metadata"] ?? inputs) as { namespace?: string };
          expect(namespace, name).to.be.a("string");
        }
      }),
      { numRuns: 8 },
    );
  });

  it("changes only what prerequisites and gate expect when a node of the same kind is added", async () => {
    const pools = (count: number) => ({
      nodeCount: count + 1,
      gpuCount: count,
      // Kasm has the same size on three such nodes and on four.
      nodeSize: { cpuCores: 8, memoryGiB: 16 },
      nodePools: [
        { name: "server", count: 1 },
        { name: "gpu", count, gpusPerNode: 1 },
      ],
    });
    const before = (await register(pools(2))).resources;
    const after = (await register(pools(3))).resources;
    const changed = after.filter(
      ({ name, inputs }) => JSON.stringify(find(before, name).inputs) !== JSON.stringify(inputs),
    );
    expect(changed.map(({ name }) => name)).to.deep.equal(["preflight-checks", "gpu-capacity"]);
    expect(after.map(({ name }) => name)).to.have.members(before.map(({ name }) => name));
  });
});
