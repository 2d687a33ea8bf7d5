import { expect } from "chai";
import { endpoints } from "../../examples/dns/endpoints.ts";
import { dnsRecords } from "../../stacks/outputs.ts";

describe("the DNS example", () => {
  it("turns the platform's records into external-dns's endpoints", () => {
    expect(endpoints(dnsRecords("a.example.com", ["192.0.2.1", "2001:db8::1"])).slice(0, 2)).to.deep.equal([
      { dnsName: "a.example.com", recordType: "A", recordTTL: 300, targets: ["192.0.2.1"] },
      { dnsName: "a.example.com", recordType: "AAAA", recordTTL: 300, targets: ["2001:db8::1"] },
    ]);
  });

  for (const wrong of [undefined, null, "a.example.com", {}, [{ name: "a.example.com" }], [null]])
    it(`stops on ${JSON.stringify(wrong)}, instead of deleting records`, () => {
      expect(() => endpoints(wrong)).to.throw("is no list of {name, type, ttl, values}; is it a kasm-vdi stack?");
    });
});
