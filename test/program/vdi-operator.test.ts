import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import type { Crd } from "../../components/vdi-operator/crds.ts";
import { VdiOperator } from "../../components/vdi-operator/vdi-operator.ts";
import type { VdiOperatorArgs } from "../../components/vdi-operator/vdi-operator.ts";
import { registrationsOf } from "./registrations.ts";
import type { Registration } from "./registrations.ts";

// Stand for the real ones, whose schemas are long and no matter of the graph.
const crds: Crd[] = ["vdisessions", "vditemplates"].map((plural) => ({
  name: `${plural}.vdi.kasm.io`,
  args: {
    metadata: { name: `${plural}.vdi.kasm.io` },
    spec: { group: "vdi.kasm.io", names: { kind: plural, plural }, scope: "Namespaced", versions: [] },
  },
}));

const base: VdiOperatorArgs = {
  namespace: "kasm-vdi",
  operatorNamespace: "kasm-vdi-system",
  domain: "desktops.example.com",
  crds,
  replicas: 2,
  logLevel: "info",
  registry: {},
  gpuSlices: 8,
  cluster: { kubeconfig: "./kubeconfig" },
  protectData: false,
  timeoutSeconds: 60,
};
const program = { kind: "bundle", text: "console.log(1);" } as const;
const turn = () => ({
  endpoint: {
    host: "turn.desktops.example.com",
    realm: "turn.desktops.example.com",
    ports: { listen: 3478, tls: 5349, relayMin: 49152, relayMax: 49407 },
    transports: ["udp", "tcp"],
  },
  sharedSecret: pulumi.secret("swordfish"),
});

const register = async (overrides: () => Partial<VdiOperatorArgs> = () => ({})) => {
  const { resources } = await registrationsOf(() => new VdiOperator("vdi", { ...base, ...overrides() }));
  return resources;
};

const find = (resources: readonly Registration[], name: string): Registration => {
  const found = resources.find((resource) => resource.name === name);
  if (!found) throw new Error(`${name} is not registered`);
  return found;
};

/** Everything that a resource depends on, directly or by another. */
function needs(resources: readonly Registration[], name: string): string[] {
  const seen = new Set<string>();
  const visit = (urn: string) => {
    if (seen.has(urn)) return;
    seen.add(urn);
    resources.find((it) => it.urn === urn)?.dependencies.forEach(visit);
  };
  find(resources, name).dependencies.forEach(visit);
  return resources.filter(({ urn }) => seen.has(urn)).map((it) => it.name);
}

describe("VdiOperator", () => {
  it("is everything but the Deployments as long as there is no program to run", async () => {
    const resources = await register();
    expect(resources.filter(({ isComponent }) => !isComponent).map(({ name }) => name)).to.have.members([
      "vdi-namespace",
      "vdi-operator-namespace",
      "vdi-vdisessions",
      "vdi-vditemplates",
      "vdi-account",
      "vdi-session-role",
      "vdi-session-role-binding",
      "vdi-leader-role",
      "vdi-leader-role-binding",
      "vdi-cluster-role",
      "vdi-cluster-role-binding",
      "vdi-view-role",
      "vdi-edit-role",
      "vdi-admin-role",
      "vdi-session-default-deny",
      "vdi-operator-default-deny",
      "vdi-operator-network",
      "vdi-gateway-network",
      "vdi-gateway-account",
      "vdi-gateway-role",
      "vdi-gateway-role-binding",
      "vdi-gateway-cluster-role",
      "vdi-gateway-cluster-role-binding",
      ...["wake", "end", "host-routes", "host-ingresses", "host-tcp-routes"].flatMap((it) => [
        `vdi-${it}`,
        `vdi-${it}-binding`,
      ]),
      "vdi-identity",
      "vdi-identity-binding",
      "vdi-templates",
      "vdi-templates-binding",
      "vdi-metadata",
      "vdi-metadata-binding",
      "vdi-template-ubuntu",
      "vdi-template-webtop",
      "vdi-template-selkies",
      "vdi-template-ubuntu-gpu",
      "vdi-session-access",
      "vdi-session-headers",
      "vdi-session-errors",
      "vdi-session-retry",
      "vdi-session-transport",
      "vdi-gateway-service",
      "vdi-gateway-alias",
      "vdi-gateway-alias-endpoints",
      "vdi-access-key",
      "vdi-access-secret",
      "vdi-drain",
    ]);
  });

  it("adds Deployments, bundle, Services and disruption budgets, for the operator with several replicas", async () => {
    const names = async (overrides: Partial<VdiOperatorArgs>) => {
      const before = (await register()).map(({ name }) => name);
      return (await register(() => overrides)).map(({ name }) => name).filter((name) => !before.includes(name));
    };
    const always = [
      ...["vdi-deployment", "vdi-rollout", "vdi-metrics"],
      ...["vdi-gateway", "vdi-gateway-rollout", "vdi-gateway-metrics"],
      "vdi-gateway-disruption-budget",
    ];
    expect(await names({ program })).to.have.members([...always, "vdi-bundle", "vdi-disruption-budget"]);
    expect(await names({ program, replicas: 1 })).to.have.members([...always, "vdi-bundle"]);
    expect(await names({ program: { kind: "image", image: "a:1" }, replicas: 1 })).to.have.members(always);
  });

  it("has the gateway believe a user header at a path that only its own Middleware and Secret have", async () => {
    const access = { userHeader: "X-User", middlewares: ["sign-in"] };
    const { resources } = await registrationsOf(
      () => new VdiOperator("vdi", { ...base, access }),
      ({ inputs, name }) => ({ ...(inputs as object), result: pulumi.secret(`result of ${name}`) }),
    );
    const [secret, middleware] = ["vdi-access-secret", "vdi-session-access"].map((name) => find(resources, name));
    expect(secret?.inputs).to.have.nested.property("stringData.path", "result of vdi-access-path");
    expect(middleware?.inputs).to.have.nested.property(
      "spec.forwardAuth.address",
      "http://kasm-gateway.kasm-vdi-system.svc:8082/auth/result of vdi-access-path",
    );
    expect(middleware?.secrets.join()).to.match(/^spec/);
    expect(JSON.stringify(await register())).not.to.contain("vdi-access-path");
  });

  it("brings dashboard, alerts and scraping only when they are wanted: their kinds may be unknown", async () => {
    const names = async (monitoring: boolean) => (await register(() => ({ monitoring }))).map(({ name }) => name);
    const shipped = ["vdi-dashboard", "vdi-service-monitor", "vdi-prometheus-rule"];
    expect(await names(true)).to.include.members(shipped);
    expect(await names(false)).not.to.include.members(shipped);
  });

  it("holds sessions' pods to the baseline level and the operator's to the restricted one", async () => {
    const resources = await register();
    const level = (name: string) =>
      (find(resources, name).inputs["metadata"] as { labels: Record<string, string> }).labels[
        "pod-security.kubernetes.io/enforce"
      ];
    expect(level("vdi-namespace")).to.equal("baseline");
    expect(level("vdi-operator-namespace")).to.equal("restricted");
  });

  it("starts the operator when API, rights, policies and everything that it refers to are there", async () => {
    const resources = await register(() => ({ program, turn: turn() }));
    expect(needs(resources, "vdi-deployment")).to.include.members([
      "vdi-vdisessions",
      "vdi-account",
      "vdi-session-role-binding",
      "vdi-cluster-role-binding",
      "vdi-operator-network",
      "vdi-identity-binding",
      "vdi-session-headers",
      "vdi-session-errors",
      "vdi-session-retry",
      "vdi-templates-binding",
      "vdi-bundle",
      "vdi-access-secret",
      "vdi-turn-credentials",
    ]);
  });

  it("is destroyed sessions first: the drain needs all else but the gate, and nothing needs it", async () => {
    const resources = await register(() => ({ program }));
    const drain = find(resources, "vdi-drain");
    const others = resources.filter(({ isComponent, name }) => !isComponent && name !== "vdi-drain");
    const notHeld = ["view-role", "edit-role", "admin-role", "rollout", "gateway-rollout"].map((it) => `vdi-${it}`);
    expect(needs(resources, "vdi-drain")).to.include.members(
      others.map(({ name }) => name).filter((name) => !notHeld.includes(name)),
    );
    for (const { dependencies, name } of others) expect(dependencies, name).not.to.include(drain.urn);
    expect(drain.inputs).to.include({ create: "exit 0", update: "exit 0", delete: "node commands/session-drain.ts" });
    expect(drain.inputs["environment"]).to.include({ KUBECONFIG: "./kubeconfig" });
  });

  it("ends all sessions when their namespace is given up for another, and for no other change", async () => {
    const triggers = async (overrides: Partial<VdiOperatorArgs>) =>
      find(await register(() => overrides), "vdi-drain").inputs["triggers"];
    expect(await triggers({ namespace: "desktops" })).to.deep.equal(["desktops"]);
    expect(await triggers({ program, replicas: 1, operatorNamespace: "elsewhere" })).to.deep.equal(await triggers({}));
  });

  it("gives a running operator time to clean up behind sessions, and waits for none that is not there", async () => {
    const seconds = async (overrides: Partial<VdiOperatorArgs>) => {
      const { INPUT } = find(await register(() => overrides), "vdi-drain").inputs["environment"] as { INPUT: string };
      return (JSON.parse(INPUT) as { operatorSeconds: number }).operatorSeconds;
    };
    expect(await seconds({ program })).to.equal(120);
    expect(await seconds({})).to.equal(0);
  });

  it("lets what is in a namespace go with it, and nothing that is not", async () => {
    const resources = await register(() => ({ program, turn: turn() }));
    for (const resource of resources.filter(({ type }) => type.startsWith("kubernetes:"))) {
      const { namespace } = resource.inputs["metadata"] as { namespace?: string };
      const home = { "kasm-vdi": "vdi-namespace", "kasm-vdi-system": "vdi-operator-namespace" }[namespace ?? ""];
      expect(resource.deletedWith, resource.name).to.equal(home === undefined ? "" : find(resources, home).urn);
      if (home !== undefined) expect(needs(resources, resource.name), resource.name).to.include(home);
    }
  });

  it("protects sessions: their namespace, their API, and what would end them", async () => {
    const resources = await register(() => ({ program, protectData: true }));
    expect(resources.filter(({ protect }) => protect).map(({ name }) => name)).to.have.members([
      "vdi-namespace",
      "vdi-vdisessions",
      "vdi-vditemplates",
      "vdi-drain",
    ]);
  });

  it("has the TURN secret in one Secret of the operator's namespace, marked as secret, and nowhere else", async () => {
    const resources = await register(() => ({ program, turn: turn() }));
    const holders = resources.filter(({ inputs }) => JSON.stringify(inputs).includes("swordfish"));
    expect(holders.map(({ name, secrets }) => [name, secrets])).to.deep.equal([
      ["vdi-turn-credentials", ["stringData"]],
    ]);
    expect(holders[0]?.inputs["metadata"]).to.deep.equal({ name: "turn-credentials", namespace: "kasm-vdi-system" });
  });

  it("has no template for GPUs without slices", async () => {
    const names = (await register(() => ({ gpuSlices: 0 }))).map(({ name }) => name);
    expect(names).to.include("vdi-template-ubuntu").and.not.include("vdi-template-ubuntu-gpu");
  });

  it("leaves the identity policy out where Kubernetes does not know the kind", async () => {
    const names = (await register(() => ({ enforceIdentity: false }))).map(({ name }) => name);
    expect(names.filter((name) => name.includes("identity"))).to.deep.equal([]);
  });

  it("changes the bundle's ConfigMap and the Deployments for a new bundle, and nothing else", async () => {
    const before = await register(() => ({ program }));
    const after = await register(() => ({ program: { ...program, text: "console.log(2);" } }));
    const changed = after.filter(
      ({ name, inputs }) => JSON.stringify(find(before, name).inputs) !== JSON.stringify(inputs),
    );
    expect(changed.map(({ name }) => name)).to.have.members(["vdi-bundle", "vdi-deployment", "vdi-gateway"]);
  });
});
