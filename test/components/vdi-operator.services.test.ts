import { expect } from "chai";
import { operatorDeployment } from "../../components/vdi-operator.deployment.ts";
import { accessService, disruptionBudget, metricsService } from "../../components/vdi-operator.services.ts";
import { sessionRouting } from "../../components/vdi-operator.routing.ts";

describe("the operator's Services", () => {
  it("lead to ports that its container names", () => {
    const deployment = operatorDeployment({
      ...{ namespace: "kasm-vdi", operatorNamespace: "kasm-vdi-system", domain: "desktops.example.com", replicas: 1 },
      ...{ logLevel: "info", registry: {}, turn: undefined, program: { kind: "bundle", text: "" } },
    }) as { spec: { template: { spec: { containers: { ports: { name: string }[] }[] } } } };
    const named = deployment.spec.template.spec.containers[0]!.ports.map(({ name }) => name);
    for (const { spec } of [metricsService("a"), accessService("a")])
      expect(named).to.include(spec.ports[0]!.targetPort);
  });

  it("answer Traefik at the address that its Middleware has", () => {
    const { metadata, spec } = accessService("kasm-vdi-system");
    const routing = sessionRouting({ namespace: "kasm-vdi", operatorNamespace: "kasm-vdi-system" });
    const { address } = routing["session-access"].spec.forwardAuth;
    expect(address).to.equal(`http://${metadata.name}.${metadata.namespace}.svc:${spec.ports[0]!.port}/auth`);
  });
});

describe("the operator's PodDisruptionBudget", () => {
  it("lets a drain take one replica at a time, and any that does not work", () => {
    const { spec } = disruptionBudget("kasm-vdi-system");
    expect(spec).to.include({ maxUnavailable: 1, unhealthyPodEvictionPolicy: "AlwaysAllow" });
  });
});
