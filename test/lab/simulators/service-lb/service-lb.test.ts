import { expect } from "chai";
import type { AnyObject } from "../../../../kube/client.ts";
import { serviceAddresses } from "../../../../lab/simulators/service-lb/addresses.ts";
import { daemonSetName, serviceDaemonSet } from "../../../../lab/simulators/service-lb/daemon-set.ts";

function node(name: string, ...addresses: [string, string][]): AnyObject {
  return { metadata: { name }, status: { addresses: addresses.map(([type, address]) => ({ type, address })) } };
}

function pod(nodeName: string, isReady = true): AnyObject {
  return { spec: { nodeName }, status: { conditions: [{ type: "Ready", status: isReady ? "True" : "False" }] } };
}

const nodes = [node("a", ["InternalIP", "10.0.0.2"]), node("b", ["InternalIP", "10.0.0.1"])];

describe("ServiceLB", () => {
  it("publishes the internal addresses of nodes with a ready pod, sorted", () => {
    expect(serviceAddresses([pod("a"), pod("b")], nodes)).to.deep.equal(["10.0.0.1", "10.0.0.2"]);
  });

  it("leaves out a node whose pod is not ready (its ports are taken)", () => {
    expect(serviceAddresses([pod("a"), pod("b", false)], nodes)).to.deep.equal(["10.0.0.2"]);
  });

  it("publishes external addresses only, as soon as one node has one", () => {
    const mixed = [...nodes, node("c", ["InternalIP", "10.0.0.3"], ["ExternalIP", "203.0.113.9"])];
    expect(serviceAddresses([pod("a"), pod("c")], mixed)).to.deep.equal(["203.0.113.9"]);
  });

  it("keeps to nodes with endpoints for externalTrafficPolicy Local", () => {
    expect(serviceAddresses([pod("a"), pod("b")], nodes, new Set(["b"]))).to.deep.equal(["10.0.0.1"]);
  });

  it("takes one host port per port of the Service, TCP and UDP", () => {
    const ports = [{ port: 443 }, { port: 3478, protocol: "UDP" }];
    const service = { metadata: { name: "turn", namespace: "vdi", uid: "12345678-9" }, spec: { ports } };
    const { template } = serviceDaemonSet(service, false).spec as {
      template: { spec: { containers: { ports: { hostPort: number; protocol: string }[] }[] } };
    };
    expect(
      template.spec.containers.flatMap((one) => one.ports.map((port) => `${port.hostPort}/${port.protocol}`)),
    ).to.deep.equal(["443/TCP", "3478/UDP"]);
    expect(daemonSetName(service)).to.equal("svclb-turn-12345678");
  });

  it("runs on servers too, whose taint is control-plane, under an account of its own without a token", () => {
    const { spec } = templateOf(balanced(), false);
    expect(spec).to.deep.include({ serviceAccountName: "svclb", automountServiceAccountToken: false });
    expect(spec.tolerations.map(({ key }) => key)).to.deep.equal([
      "node-role.kubernetes.io/control-plane",
      "CriticalAddonsOnly",
    ]);
  });

  it("heeds a Service's pool of nodes only where some nodes are listed for it", () => {
    const service = balanced({ labels: { "svccontroller.k3s.cattle.io/lbpool": "edge" } });
    expect(templateOf(service, false).spec.nodeSelector).to.deep.equal({});
    expect(templateOf(service, true).spec.nodeSelector).to.deep.equal({
      "svccontroller.k3s.cattle.io/enablelb": "true",
      "svccontroller.k3s.cattle.io/lbpool": "edge",
    });
  });

  it("marks the DaemonSet as the Service's", () => {
    expect(serviceDaemonSet(balanced(), false).metadata).to.deep.nested.include({
      "annotations.objectset\\.rio\\.cattle\\.io/owner-gvk": "/v1, Kind=Service",
      "labels.svccontroller\\.k3s\\.cattle\\.io/svcnamespace": "vdi",
    });
  });
});

function balanced(metadata: object = {}): AnyObject {
  return { metadata: { name: "turn", namespace: "vdi", uid: "12345678-9", ...metadata }, spec: { ports: [] } };
}

interface Template {
  spec: { nodeSelector: object; tolerations: { key: string }[] };
}

function templateOf(service: AnyObject, isAllowList: boolean): Template {
  return (serviceDaemonSet(service, isAllowList).spec as { template: Template }).template;
}
