import { expect } from "chai";
import { Portal } from "../../components/portal/portal.ts";
import type { PortalArgs } from "../../components/portal/portal.ts";
import { registrationsOf } from "./registrations.ts";

const base: PortalArgs = {
  ...{ namespace: "kasm-vdi", operatorNamespace: "kasm-vdi-system", traefikNamespace: "kube-system" },
  ...{ domain: "desktops.example.com", host: "my.desktops.example.com", replicas: 2, logLevel: "info", registry: {} },
  ...{ adminGroups: [], userHeader: "X-User", middlewares: ["sign-in"], enforceIdentity: true, timeoutSeconds: 60 },
  ...{ cluster: {}, program: { kind: "bundle", text: "console.log(1);" } },
};
const oidc = {
  ...{ issuer: "https://id.example.com", clientId: "portal", clientSecret: "swordfish", scopes: "openid" },
  ...{ userClaim: "email", groupsClaim: "groups" },
};

const register = async (changes: Partial<PortalArgs> = {}) => {
  const { resources } = await registrationsOf(() => new Portal("portal", { ...base, ...changes }));
  return resources;
};

describe("Portal", () => {
  it("is rights with what bounds them, networks, a Deployment with budget and gate, and a route", async () => {
    const names = (await register()).filter(({ isComponent }) => !isComponent).map(({ name }) => name);
    expect(names).to.have.members([
      ...["portal-policy", "portal-policy-binding", "portal-account", "portal-role", "portal-role-binding"],
      ...["portal-cluster-role", "portal-cluster-role-binding", "portal-network", "portal-gateway-network"],
      ...["portal-key", "portal-key-secret", "portal-bundle", "portal-deployment", "portal-rollout"],
      ...["portal-service", "portal-metrics", "portal-disruption-budget", "portal-route"],
      ...["portal-record", "portal-record-role", "portal-record-role-binding"],
      ...["portal-proxy", "portal-proxy-secret", "portal-proxy-middleware"],
      ...["portal-proxy-policy", "portal-proxy-policy-binding"],
    ]);
  });

  it("gives no right before the policy that bounds it is in force", async () => {
    const resources = await register();
    const urn = (name: string) => resources.find((it) => it.name === name)!.urn;
    const binding = resources.find(({ name }) => name === "portal-role-binding")!;
    expect(binding.dependencies).to.include(urn("portal-policy-binding"));
    expect(resources.find(({ name }) => name === "portal-deployment")!.dependencies).to.include(
      urn("portal-role-binding"),
    );
  });

  it("knows its route by what one Secret and one Middleware hold, marked as secret, that nobody else may send through", async () => {
    const { resources } = await registrationsOf(
      () => new Portal("portal", base),
      ({ name }) => (name === "portal-proxy" ? { result: "swordfish" } : {}),
    );
    const holders = resources.filter(({ inputs }) => JSON.stringify(inputs).includes("swordfish"));
    expect(holders.map(({ name, secrets }) => [name, secrets])).to.deep.equal([
      ["portal-proxy-secret", ["stringData"]],
      ["portal-proxy-middleware", ["spec.headers.customRequestHeaders.X-Vdi-Proxy"]],
    ]);
    const one = (name: string) => resources.find((it) => it.name === name)!;
    expect(one("portal-proxy-middleware").dependencies).to.include(one("portal-proxy-policy-binding").urn);
    expect(one("portal-route").dependencies).to.include(one("portal-proxy-middleware").urn);
    expect(one("portal-deployment").dependencies).to.include(one("portal-proxy-secret").urn);
  });

  it("has no secret of a route where it signs people in itself", async () => {
    const without: PortalArgs = { ...base, oidc };
    Reflect.deleteProperty(without, "userHeader");
    const { resources } = await registrationsOf(() => new Portal("portal", without));
    expect(resources.filter(({ name }) => name.startsWith("portal-proxy"))).to.deep.equal([]);
    const route = resources.find(({ name }) => name === "portal-route")!;
    expect(JSON.stringify(route.inputs)).not.to.include("portal-proxy");
  });

  it("leaves the policy out where Kubernetes does not know the kind, and the bundle where an image brings it", async () => {
    const without = (await register({ enforceIdentity: false, program: { kind: "image", image: "a:1" } })).map(
      (it) => it.name,
    );
    expect(without).not.to.include.members(["portal-policy", "portal-bundle"]);
  });

  it("keeps the issuer's secret in one Secret, marked as secret, and nowhere else", async () => {
    const resources = await register({ oidc });
    const holders = resources.filter(({ inputs }) => JSON.stringify(inputs).includes("swordfish"));
    expect(holders.map(({ name, secrets }) => [name, secrets])).to.deep.equal([["portal-oidc-secret", ["stringData"]]]);
  });

  it("makes every object a child of its own, so that turning it off takes all of it away", async () => {
    const resources = await register({ oidc });
    const [component] = resources.filter(({ isComponent, type }) => isComponent && type === "kasm:vdi:Portal");
    for (const resource of resources.filter(({ type }) => type.startsWith("kubernetes:")))
      expect(resource.parent, resource.name).to.equal(component!.urn);
  });
});
