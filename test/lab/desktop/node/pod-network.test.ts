import { expect } from "chai";
import { PodNetwork, hardwareAddress } from "../../../../lab/desktop/node/pod-network.ts";

describe("addresses of pods that are run", () => {
  it("are each one pod's, are kept over a restart of their node, and are given to others later", () => {
    const network = new PodNetwork();
    const first = network.take("a", undefined);
    expect(network.take("b", first)).not.to.equal(first);
    expect(network.take("c", "10.42.254.77")).to.equal("10.42.254.77");
    expect(network.take("d", "10.42.1.7"), "one that KWOK gave").to.match(/^10\.42\.254\./);
    network.release("a");
    expect(network.take("e", undefined)).to.equal(first);
  });

  it("have one hardware address each, so that nobody goes by that of the pod before", () => {
    expect(hardwareAddress("10.42.254.3")).to.equal("02:42:0a:2a:fe:03");
  });
});
