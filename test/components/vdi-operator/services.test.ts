import { expect } from "chai";
import { operatorDeployment } from "../../../components/vdi-operator/deployment.ts";
import { gatewayDeployment } from "../../../components/vdi-operator/gateway.ts";
import {
  disruptionBudget,
  gatewayDisruptionBudget,
  gatewayMetricsService,
  gatewayService,
  metricsService,
} from "../../../components/vdi-operator/services.ts";
import { gatewayAlias } from "../../../components/vdi-operator/error-page.ts";
import { sessionRouting } from "../../../components/vdi-operator/routing.ts";
import { valueOf } from "../../program/registrations.ts";

interface Deployment {
  spec: {
    template: { metadata: { labels: object }; spec: { containers: { ports: { name: string }[] }[] } };
  };
}

describe("the Services of operator and gateway", () => {
  const args = {
    ...{ namespace: "kasm-vdi", operatorNamespace: "kasm-vdi-system", domain: "desktops.example.com", replicas: 1 },
    ...({ logLevel: "info", registry: {}, turn: undefined, program: { kind: "bundle", text: "" } } as const),
  };

  it("lead to the pods of their program, at ports that its container names", () => {
    const operator = operatorDeployment(args) as unknown as Deployment;
    const gateway = gatewayDeployment(args) as unknown as Deployment;
    for (const [{ spec }, deployment] of [
      [metricsService("a"), operator],
      [gatewayService("a"), gateway],
      [gatewayMetricsService("a"), gateway],
    ] as const) {
      const { metadata, spec: pod } = deployment.spec.template;
      expect(metadata.labels).to.deep.equal(spec.selector);
      expect(pod.containers[0]!.ports.map(({ name }) => name)).to.include(spec.ports[0]!.targetPort);
    }
  });

  it("answer Traefik at the address that its Middleware has", () => {
    const { metadata, spec } = gatewayService("kasm-vdi-system");
    const routing = sessionRouting({ namespace: "kasm-vdi", operatorNamespace: "kasm-vdi-system" });
    const { address } = routing["session-access"].spec.forwardAuth;
    expect(address).to.equal(`http://${metadata.name}.${metadata.namespace}.svc:${spec.ports[0]!.port}/auth`);
  });

  it("are read by Traefik up to a bound where it knows one, and without the field where it would refuse it", () => {
    const forwardAuth = (mostAnswerBytes?: number) =>
      sessionRouting({ namespace: "a", operatorNamespace: "b", mostAnswerBytes })["session-access"].spec.forwardAuth;
    expect(forwardAuth(65_536)).to.include({ maxResponseBodySize: 65_536 });
    expect(forwardAuth()).not.to.have.property("maxResponseBodySize");
  });
});

describe("their PodDisruptionBudgets", () => {
  it("let a drain take one replica at a time, and any that does not work", () => {
    for (const { spec } of [disruptionBudget("kasm-vdi-system"), gatewayDisruptionBudget("kasm-vdi-system")])
      expect(spec).to.include({ maxUnavailable: 1, unhealthyPodEvictionPolicy: "AlwaysAllow" });
  });
});

describe("the page in the place of Traefik's errors", () => {
  const routing = (rewritesErrors: boolean) =>
    sessionRouting({ namespace: "kasm-vdi", operatorNamespace: "kasm-vdi-system", rewritesErrors })["session-errors"];

  it("comes from the gateway, by a Service that leads to the address of the gateway's own", async () => {
    const { errors } = (await valueOf(routing(true).spec)) as { errors: { service: { name: string; port: string } } };
    const { service, slice } = gatewayAlias("kasm-vdi", "10.43.0.7");
    expect(errors.service).to.include({ name: service.metadata.name, port: service.spec.ports[0]!.name });
    expect(service.metadata.namespace).to.equal(routing(true).metadata.namespace);
    expect(slice.metadata.labels["kubernetes.io/service-name"]).to.equal(service.metadata.name);
    expect(slice.endpoints[0]).to.deep.include({ addresses: ["10.43.0.7"] });
    expect(slice.ports).to.deep.equal(service.spec.ports);
    expect(service.spec.ports[0]!.port).to.equal(gatewayService("kasm-vdi-system").spec.ports[0]!.port);
  });

  it("has the family of its address", async () => {
    const family = (address: string) => valueOf(gatewayAlias("kasm-vdi", address).slice.addressType);
    expect([await family("10.43.0.7"), await family("fd00::7")]).to.deep.equal(["IPv4", "IPv6"]);
  });

  it("changes nothing where Traefik cannot show it", async () => {
    expect(await valueOf(routing(false).spec)).to.deep.equal({ retry: { attempts: 1 } });
  });
});
