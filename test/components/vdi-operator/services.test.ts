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
import { sessionRouting } from "../../../components/vdi-operator/routing.ts";

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
