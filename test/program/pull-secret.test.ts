import { expect } from "chai";
import { loadConfig } from "../../stacks/config.ts";
import { platform } from "../../stacks/platform.ts";
import { registrationsOf } from "./registrations.ts";

const everywhere = {
  domain: "desktops.example.com",
  nodeCount: 3,
  gpuCount: 2,
  publicIPs: ["192.0.2.1"],
  turn: { enabled: true },
  storage: { mode: "own" },
  traefik: { mode: "own" },
};

const pullSecretsOf = async (registry: object) => {
  const { resources } = await registrationsOf(
    () => platform(loadConfig({ ...everywhere, registry }), { crds: [] }),
    ({ type, inputs }) =>
      (type.startsWith("command:") ? { ...inputs, stdout: "{}" } : inputs) as Record<string, unknown>,
  );
  return resources.filter(({ name }) => name.endsWith("-pull-secret"));
};

describe("the site's pull secret", () => {
  it("is made in every namespace of ours, before what pulls there, and its content is secret", async () => {
    const secrets = await pullSecretsOf({ pullSecret: '{"auths":{"registry.example.com":{}}}' });
    const namespaces = secrets.map(({ inputs }) => (inputs["metadata"] as { namespace: string }).namespace);
    expect(namespaces).to.have.members([
      ...["kasm", "kasm-vdi", "kasm-vdi-system", "gpu-operator", "turn", "kasm-vdi-storage", "traefik"],
    ]);
    for (const { inputs, secrets: hidden, name } of secrets) {
      expect(inputs, name).to.deep.include({ type: "kubernetes.io/dockerconfigjson" });
      expect(hidden, name).to.deep.equal(["stringData"]);
    }
  });

  it("is somebody else's to make where only its name is given", async () => {
    expect(await pullSecretsOf({ pullSecretName: "theirs" })).to.deep.equal([]);
  });
});
