import { expect } from "chai";
import { podAddressProblem } from "../../../operator/reachability/pod-address.ts";

describe("the address of a pod", () => {
  it("is any that pods can have", () => {
    for (const ip of ["10.42.0.7", "192.168.1.2", "100.64.0.1", "203.0.113.9", "fd00:42::7", "2001:db8::1"])
      expect(podAddressProblem(ip, {}), ip).to.equal(undefined);
  });

  it("is never the operator itself, a metadata service or a group of machines, in whichever notation", () => {
    for (const ip of [
      ...["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", "0.0.0.0", "::", "169.254.169.254"],
      ...["::ffff:169.254.169.254", "fe80::1", "224.0.0.1", "255.255.255.255", "ff02::1"],
    ])
      expect(podAddressProblem(ip, {}), ip).to.be.a("string");
  });

  it("is no name and no other text", () => {
    for (const ip of ["", "localhost", "10.42.0.7:80", "10.42.0.7@evil.example.com", "[::1]", "0x7f000001", "127.1"])
      expect(podAddressProblem(ip, {})).to.contain("is no IP address");
  });

  it("is not its node's", () => {
    expect(podAddressProblem("10.0.0.5", { nodeIp: "10.0.0.5" })).to.contain("that of its node");
  });
});
