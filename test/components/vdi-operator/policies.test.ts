import { expect } from "chai";
import { operatorNetworkPolicies } from "../../../components/vdi-operator/policies.ts";

const policies = operatorNetworkPolicies({
  namespace: "kasm-vdi",
  operatorNamespace: "kasm-vdi-system",
  traefikNamespace: "traefik",
  cluster: {},
});

describe("the network policies", () => {
  it("close both namespaces in both directions", () => {
    for (const [name, namespace] of [
      ["session-default-deny", "kasm-vdi"],
      ["operator-default-deny", "kasm-vdi-system"],
    ] as const)
      expect(policies[name], name).to.deep.equal({
        metadata: { name: "default-deny", namespace },
        spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
      });
  });

  it("let the operator out to DNS, the API server, sessions and Traefik, and to nothing else", () => {
    const { egress } = policies["operator-network"]!.spec as { egress: object[] };
    const namespaceOf = (rule: object) => /"kubernetes.io\/metadata.name":"([^"]+)"/.exec(JSON.stringify(rule))?.[1];
    expect(egress.map(namespaceOf)).to.deep.equal(["kube-system", undefined, "kasm-vdi", "traefik"]);
    expect(egress[1]).to.deep.equal({ ports: [{ protocol: "TCP", port: 6443 }] });
  });

  const fromScrapers = {
    from: [{ namespaceSelector: { matchLabels: { metrics: "enabled" } } }],
    ports: [{ protocol: "TCP", port: 8080 }],
  };

  it("let to the operator who reads metrics, from namespaces that say so", () => {
    const { ingress } = policies["operator-network"]!.spec as { ingress: unknown };
    expect(ingress).to.deep.equal([fromScrapers]);
  });

  it("let to the gateway Traefik alone, who asks whom to let in, and it to DNS and the API server alone", () => {
    const { ingress, egress } = policies["gateway-network"]!.spec as { ingress: unknown; egress: object[] };
    expect(egress).to.have.lengthOf(2);
    expect(egress[1]).to.deep.equal({ ports: [{ protocol: "TCP", port: 6443 }] });
    expect(ingress).to.deep.equal([
      fromScrapers,
      {
        from: [
          {
            namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "traefik" } },
            podSelector: { matchLabels: { "app.kubernetes.io/name": "traefik" } },
          },
        ],
        ports: [{ protocol: "TCP", port: 8082 }],
      },
    ]);
  });
});
