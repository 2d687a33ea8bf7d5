import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { proxyPolicy } from "../../components/portal/proxy.ts";
import { ClusterClient, apiMessage, loadKubeConfig } from "../../kube/client.ts";
import type { AnyObject } from "../../kube/client.ts";

/** The policy of a portal that believes headers, which the lab's own does not: for a namespace that nobody has. */
describe("what the portal's own route is known by", function () {
  this.timeout(60_000);
  const client = new ClusterClient(loadKubeConfig());
  const portals = "engine-test-portal";
  const name = `portal-proxy-${process.pid}.vdi.kasm.io`;
  const kindOf = (kind: string) => ({ apiVersion: "admissionregistration.k8s.io/v1", kind, metadata: { name } });
  const policyKey = kindOf("ValidatingAdmissionPolicy");
  const bindingKey = kindOf("ValidatingAdmissionPolicyBinding");
  const metadata = { name: "engine-test-taker", namespace: "default" };
  const apiVersion = "traefik.io/v1alpha1";

  const attempt = (object: AnyObject) => client.create(object, { dryRun: true }).then(() => "made", apiMessage);
  const ingress = (middlewares: string, annotation = "traefik.ingress.kubernetes.io/router.middlewares") =>
    attempt({
      ...{ apiVersion: "networking.k8s.io/v1", kind: "Ingress" },
      metadata: { ...metadata, annotations: { [annotation]: middlewares } },
      spec: { defaultBackend: { service: { name: "taker", port: { number: 80 } } } },
    });
  const route = (...middlewares: object[]) =>
    attempt({
      ...{ apiVersion, kind: "IngressRoute", metadata },
      spec: {
        routes: [{ kind: "Rule", match: "Host(`a.example.org`)", middlewares, services: [{ name: "a", port: 80 }] }],
      },
    });
  const chain = (...middlewares: object[]) =>
    attempt({ ...{ apiVersion, kind: "Middleware", metadata }, spec: { chain: { middlewares } } });

  before(async () => {
    const { policy, binding } = proxyPolicy(portals) as { policy: { spec: object }; binding: { spec: object } };
    await client.create({ ...policyKey, spec: policy.spec });
    await client.create({ ...bindingKey, spec: { ...binding.spec, policyName: name } });
    const isInForce = async () => (await ingress(`${portals}-portal-proxy@kubernetescrd`)) !== "made";
    for (let tries = 0; tries < 100 && !(await isInForce()); tries++) await sleep(300);
  });
  after(async () => {
    await client.delete(bindingKey);
    await client.delete(policyKey);
    await client.config.close();
  });

  it("is told to no server of another namespace by an Ingress, whose annotation may name any Middleware", async () => {
    for (const [names, annotation] of [
      [`${portals}-portal-proxy@kubernetescrd`],
      [`default-mine@kubernetescrd, ${portals}-portal-proxy@kubernetescrd`],
      [`${portals}-portal-proxy@kubernetescrd`, "traefik.ingress.kubernetes.io/Router.Middlewares"],
    ] as const)
      expect(await ingress(names, annotation), names).to.contain("is for the route of the portal alone");
    expect(await ingress("default-mine@kubernetescrd")).to.equal("made");
  });

  it("is told to none by a route, or by a chain of middlewares", async () => {
    for (const through of [route, chain]) {
      for (const middleware of [
        { name: "portal-proxy", namespace: portals },
        { name: `${portals}-portal-proxy@kubernetescrd` },
        // Traefik's own name of it is the same.
        { name: "test-portal-portal-proxy", namespace: "engine" },
      ])
        expect(await through({ name: "mine" }, middleware), JSON.stringify(middleware)).to.contain(
          "is for the route of the portal alone",
        );
      expect(await through({ name: "mine" }, { name: "portal-proxy" })).to.equal("made");
    }
  });

  it("leaves alone what sends requests through nothing", async () => {
    expect(await route()).to.equal("made");
    const headers = { ...{ apiVersion, kind: "Middleware", metadata }, spec: { headers: { frameDeny: true } } };
    expect(await attempt(headers)).to.equal("made");
  });
});
