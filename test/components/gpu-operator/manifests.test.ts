import { expect } from "chai";
import { networkPolicies } from "../../../components/gpu-operator/manifests.ts";

const toApi = (cluster: { apiServerPort?: number }) =>
  networkPolicies("gpu-operator", "host", cluster)["within-namespace"]?.spec as { egress: object[] };

describe("the GPU operator's NetworkPolicies", () => {
  it("close the namespace but for itself, DNS, the API server and metrics", () => {
    const policies = networkPolicies("gpu-operator", "host", {});
    expect(Object.keys(policies)).to.deep.equal(["default-deny", "within-namespace"]);
    const { ingress, egress } = policies["within-namespace"]?.spec as { ingress: object[]; egress: object[] };
    expect(ingress).to.deep.include({
      ports: [
        { protocol: "TCP", port: 9400 },
        { protocol: "TCP", port: 8080 },
      ],
    });
    expect(egress).to.deep.include({ ports: [{ protocol: "TCP", port: 6443 }] });
    expect(egress).to.have.length(3);
  });

  it("let a driver container, and nothing else, download what it builds with", () => {
    const downloads = networkPolicies("gpu-operator", "container", {})["driver-downloads"]?.spec;
    expect(downloads).to.deep.include({
      podSelector: { matchLabels: { "app.kubernetes.io/component": "nvidia-driver" } },
      policyTypes: ["Egress"],
    });
  });

  it("open the port of the API server that the config speaks of", () => {
    expect(toApi({ apiServerPort: 7443 }).egress).to.deep.include({ ports: [{ protocol: "TCP", port: 7443 }] });
  });
});
