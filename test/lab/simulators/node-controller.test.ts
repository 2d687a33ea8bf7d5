import { expect } from "chai";
import type { AnyObject } from "../../../kube/client.ts";
import { finalizerPatch, nodeHosts } from "../../../lab/simulators/node-controller.ts";

function node(name: string, address: string, metadata: object = {}): AnyObject {
  const addresses = [
    { type: "InternalIP", address },
    { type: "Hostname", address: name },
  ];
  return { apiVersion: "v1", kind: "Node", metadata: { name, ...metadata }, status: { addresses } };
}

const finalizers = ["wrangler.cattle.io/node"];
const deletionTimestamp = "2026-01-01T00:00:00Z";

describe("K3s's node controller", () => {
  it("puts its finalizer on every node", () => {
    expect(finalizerPatch(node("a", "198.18.0.10"))?.metadata).to.deep.equal({ name: "a", finalizers });
    expect(finalizerPatch(node("a", "198.18.0.10", { finalizers }))).to.equal(undefined);
  });

  it("lets a node go that is being deleted, and leaves other finalizers to others", () => {
    const going = node("a", "198.18.0.10", { deletionTimestamp, finalizers: ["other", ...finalizers] });
    expect(finalizerPatch(going)?.metadata).to.deep.equal({
      name: "a",
      "$deleteFromPrimitiveList/finalizers": finalizers,
    });
    expect(finalizerPatch(node("a", "198.18.0.10", { deletionTimestamp, finalizers: ["other"] }))).to.equal(undefined);
  });

  it("tells CoreDNS the addresses of nodes, in their order, without those that go", () => {
    const nodes = [
      node("b", "198.18.0.100"),
      node("a", "198.18.0.20"),
      node("c", "198.18.0.30", { deletionTimestamp }),
    ];
    expect(nodeHosts(nodes)).to.equal("198.18.0.20 a\n198.18.0.100 b\n");
  });

  it("knows no host of a node that has no address yet", () => {
    expect(nodeHosts([{ metadata: { name: "a" } }])).to.equal("");
  });
});
