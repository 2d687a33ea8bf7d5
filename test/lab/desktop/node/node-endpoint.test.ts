import { expect } from "chai";
import { endpointStatus } from "../../../../lab/desktop/node/node-endpoint.ts";

describe("a node whose desktops are run", () => {
  it("is found by the API server on loopback, and keeps its own addresses", () => {
    const addresses = [
      { type: "InternalIP", address: "198.18.0.10" },
      { type: "InternalDNS", address: "of-before" },
    ];
    expect(endpointStatus({ apiVersion: "v1", kind: "Node", status: { addresses } }, 20_001)).to.deep.equal({
      addresses: [addresses[0], { type: "InternalDNS", address: "localhost" }],
      daemonEndpoints: { kubeletEndpoint: { Port: 20_001 } },
    });
  });
});
