import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { TurnServer } from "../../components/turn-server/turn-server.ts";
import type { TurnServerArgs } from "../../components/turn-server/turn-server.ts";
import { registrationsOf, valueOf } from "./registrations.ts";
import type { Registration } from "./registrations.ts";

const base: TurnServerArgs = {
  namespace: "turn",
  host: "turn.desktops.example.com",
  realm: "turn.desktops.example.com",
  ports: { listen: 3478, tls: 5349, relayMin: 49152, relayMax: 49407 },
  publicIPs: ["8.8.4.4"],
  nodeLabels: { "example.com/turn": "true" },
  image: "coturn/coturn:4.17.0-r0-alpine",
  registry: {},
  allowedPeers: ["10.42.0.0/16"],
  userQuota: 12,
  totalQuota: 1200,
  cluster: {},
  timeoutSeconds: 60,
};

const register = (overrides: Partial<TurnServerArgs> = {}) =>
  registrationsOf(
    () => new TurnServer("turn", { ...base, ...overrides }),
    ({ type, inputs }) => {
      const given = inputs as Record<string, unknown>;
      return type === "random:index/randomPassword:RandomPassword"
        ? { ...given, result: pulumi.secret("swordfish") }
        : given;
    },
  );

const find = (resources: readonly Registration[], name: string): Registration => {
  const found = resources.find((resource) => resource.name === name);
  if (!found) throw new Error(`${name} is not registered`);
  return found;
};

const template = (resources: readonly Registration[]) =>
  (
    find(resources, "turn-server").inputs as {
      spec: { template: { metadata: { annotations: Record<string, string> } } };
    }
  ).spec.template;

describe("TurnServer", () => {
  it("is a namespace that lets pods into the node's network, and is closed otherwise", async () => {
    const { resources } = await register();
    expect(resources.filter(({ isComponent }) => !isComponent).map(({ name }) => name)).to.have.members([
      "turn-namespace",
      "turn-default-deny",
      "turn-shared-secret",
      "turn-config",
      "turn-server",
      "turn-rollout",
    ]);
    expect(find(resources, "turn-namespace").inputs["metadata"]).to.deep.equal({
      name: "turn",
      labels: { "pod-security.kubernetes.io/enforce": "privileged" },
    });
  });

  it("has the shared secret in the Secret with the configuration alone, marked as secret", async () => {
    const { resources } = await register();
    const holders = resources.filter(({ inputs }) => JSON.stringify(inputs).includes("swordfish"));
    expect(holders.map(({ name, secrets }) => [name, secrets])).to.deep.equal([["turn-config", ["stringData"]]]);
  });

  it("rolls the pods when the configuration changes, and only then", async () => {
    const hash = async (overrides?: Partial<TurnServerArgs>) =>
      template((await register(overrides)).resources).metadata.annotations["vdi.kasm.io/config-hash"];
    expect(await hash()).to.match(/^[0-9a-f]{16}$/);
    expect(await hash({ userQuota: 13 })).not.to.equal(await hash());
    expect(await hash({ nodeLabels: {} })).to.equal(await hash());
  });

  it("shows the whole pod in a preview: the hash is no secret", async () => {
    const { resources } = await register();
    expect(find(resources, "turn-server").secrets).to.deep.equal([]);
  });

  it("starts the server after its configuration, and goes with the namespace", async () => {
    const { resources } = await register();
    expect(find(resources, "turn-server").dependencies).to.include(find(resources, "turn-config").urn);
    for (const name of ["turn-default-deny", "turn-config", "turn-server"])
      expect(find(resources, name).deletedWith, name).to.equal(find(resources, "turn-namespace").urn);
  });

  it("tells how to reach it, and keeps the secret one", async () => {
    const { result } = await register({ tlsSecretName: "turn-tls" });
    expect(result.endpoint).to.deep.equal({
      host: "turn.desktops.example.com",
      realm: "turn.desktops.example.com",
      ports: base.ports,
      transports: ["udp", "tcp", "tls"],
    });
    expect(await pulumi.isSecret(result.sharedSecret)).to.equal(true);
    expect(await valueOf(result.secretName)).to.equal("coturn");
  });
});
