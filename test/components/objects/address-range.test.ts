import { BlockList, isIPv4 } from "node:net";
import { expect } from "chai";
import fc from "fast-check";
import { cidrRange, overlap } from "../../../components/objects/address-range.ts";

const block = fc.oneof(
  fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })),
  fc.tuple(fc.ipV6(), fc.integer({ min: 0, max: 128 })),
);

describe("cidrRange", () => {
  it("gives first and last address of a block, whichever of its addresses names it", () => {
    expect(cidrRange("10.42.0.0/16")).to.deep.equal({ first: "10.42.0.0", last: "10.42.255.255" });
    expect(cidrRange("10.42.3.4/16")).to.deep.equal({ first: "10.42.0.0", last: "10.42.255.255" });
    expect(cidrRange("fd00:42::/56")).to.deep.equal({
      first: "fd00:42:0:0:0:0:0:0",
      last: "fd00:42:0:ff:ffff:ffff:ffff:ffff",
    });
    expect(cidrRange("192.0.2.7")).to.deep.equal({ first: "192.0.2.7", last: "192.0.2.7" });
    expect(cidrRange("::ffff:10.0.0.0/104")).to.deep.equal({
      first: "0:0:0:0:0:ffff:a00:0",
      last: "0:0:0:0:0:ffff:aff:ffff",
    });
  });

  it("agrees with Node's own subnets at both ends, for every block", () => {
    fc.assert(
      fc.property(block, ([address, prefix]) => {
        const family = isIPv4(address) ? "ipv4" : "ipv6";
        const { first, last } = cidrRange(`${address}/${prefix}`);
        const subnet = new BlockList();
        subnet.addSubnet(address, prefix, family);
        const range = new BlockList();
        range.addRange(first, last, family);
        for (const inside of [first, last]) expect(subnet.check(inside, family), inside).to.equal(true);
        expect(range.check(address, family)).to.equal(true);
      }),
    );
  });

  it("refuses what is no block", () => {
    for (const text of ["10.42.0.0/33", "10.42/16", "pods", "::/129", "10.0.0.0/", "10.0.0.0/-1"])
      expect(() => cidrRange(text), text).to.throw(`${text} is no CIDR block`);
  });
});

describe("overlap", () => {
  const overlapping = (a: string, b: string) => overlap(cidrRange(a), cidrRange(b));

  it("sees a block inside the other, either way round", () => {
    expect(overlapping("10.0.0.0/8", "10.42.0.0/16")).to.equal(true);
    expect(overlapping("10.42.0.0/16", "10.0.0.0/8")).to.equal(true);
    expect(overlapping("10.42.0.0/16", "10.43.0.0/16")).to.equal(false);
  });

  it("keeps the families apart", () => {
    expect(overlapping("0.0.0.0/0", "fe80::/10")).to.equal(false);
  });
});
