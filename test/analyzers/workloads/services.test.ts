import { expect } from "chai";
import { loadBalancerProblem } from "../../../analyzers/workloads/services.ts";

const service = (type: string, ingress?: object[]) => ({
  kind: "Service",
  metadata: { namespace: "kasm", name: "rdp" },
  spec: { type, ports: [{ port: 3389 }] },
  status: { loadBalancer: { ...(ingress && { ingress }) } },
});

describe("what keeps a Service from being reached from outside", () => {
  it("is an address that it lacks", () => {
    expect(loadBalancerProblem(service("LoadBalancer"))).to.match(
      /^Service kasm\/rdp has no address: .* \(3389\) free/,
    );
    expect(loadBalancerProblem(service("LoadBalancer", [{ ip: "10.0.0.1" }]))).to.equal(undefined);
  });

  it("is nothing for what is not meant to be", () => {
    expect(loadBalancerProblem(service("ClusterIP"))).to.equal(undefined);
    expect(loadBalancerProblem({ kind: "Deployment", spec: {} })).to.equal(undefined);
  });
});
