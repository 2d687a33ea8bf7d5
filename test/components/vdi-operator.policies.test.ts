import { expect } from "chai";
import { identityBinding, identityPolicy, operatorNetworkPolicies } from "../../components/vdi-operator.policies.ts";

const policies = operatorNetworkPolicies({
  namespace: "kasm-vdi",
  operatorNamespace: "kasm-vdi-system",
  traefikNamespace: "traefik",
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

  it("let in who reads metrics, from namespaces that say so", () => {
    const { ingress } = policies["operator-network"]!.spec as { ingress: unknown };
    expect(ingress).to.deep.equal([
      {
        from: [{ namespaceSelector: { matchLabels: { metrics: "enabled" } } }],
        ports: [{ protocol: "TCP", port: 8080 }],
      },
    ]);
  });
});

describe("the identity policy", () => {
  const { spec } = identityPolicy("kasm-vdi-system") as {
    spec: {
      failurePolicy: string;
      matchConditions: { name: string; expression: string }[];
      matchConstraints: { resourceRules: { resources: string[]; operations: string[] }[] };
    };
  };

  it("holds for everything that makes, changes or ends a session, not for its status", () => {
    const [rule] = spec.matchConstraints.resourceRules;
    expect(rule).to.deep.include({ resources: ["vdisessions"], operations: ["CREATE", "UPDATE", "DELETE"] });
  });

  it("refuses when it cannot be evaluated", () => {
    expect(spec.failurePolicy).to.equal("Fail");
    expect(identityBinding().spec).to.deep.equal({
      policyName: "vdisession-user.vdi.kasm.io",
      validationActions: ["Deny"],
    });
  });

  it("exempts the operator, wherever it runs, and what Kubernetes itself deletes", () => {
    const conditions = Object.fromEntries(spec.matchConditions.map(({ name, expression }) => [name, expression]));
    expect(conditions["not-the-operator"]).to.contain("'system:serviceaccount:kasm-vdi-system:kasm-operator'");
    expect(conditions["not-kubernetes-itself"]).to.contain("'system:serviceaccounts:kube-system'");
  });
});
