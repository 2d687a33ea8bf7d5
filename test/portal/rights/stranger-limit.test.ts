import type { IncomingMessage } from "node:http";
import { expect } from "chai";
import { StrangerLimit } from "../../../portal/rights/stranger-limit.ts";

const from = (headersDistinct: Record<string, string[]>, remoteAddress = "10.42.0.9") =>
  ({ headersDistinct, socket: { remoteAddress } }) as unknown as IncomingMessage;
const real = (...addresses: string[]) => from({ "x-real-ip": addresses });

describe("the limit of strangers", () => {
  const few = { burst: 1, perSecond: 1 };
  const many = { burst: 100, perSecond: 1 };
  const passes = (limit: StrangerLimit, request: IncomingMessage) => limit.take(request, 0) === 0;

  it("is that of an address, as Traefik has seen it, and not as the client tells it", () => {
    const limit = new StrangerLimit(few, many);
    expect(passes(limit, real("203.0.113.1"))).to.equal(true);
    expect(passes(limit, real("203.0.113.1"))).to.equal(false);
    const forged = { "x-real-ip": ["203.0.113.1"], "x-forwarded-for": ["198.51.100.7, 203.0.113.1"] };
    expect(passes(limit, from(forged))).to.equal(false);
    expect(passes(limit, real("198.51.100.9", "203.0.113.1")), "the last counts").to.equal(false);
    expect(passes(limit, real("203.0.113.2"))).to.equal(true);
  });

  it("is that of the connection where nobody tells an address", () => {
    const limit = new StrangerLimit(few, many);
    expect(passes(limit, from({}, "::ffff:192.0.2.1"))).to.equal(true);
    expect(passes(limit, from({ "x-real-ip": ["nonsense"] }, "192.0.2.1"))).to.equal(false);
    expect(passes(limit, from({ "x-forwarded-for": ["198.51.100.7"] }, "192.0.2.1"))).to.equal(false);
  });

  it("is one for all addresses of an IPv6 network, however they are written", () => {
    const limit = new StrangerLimit(few, many);
    expect(passes(limit, real("2001:db8:0:1::1"))).to.equal(true);
    for (const same of ["2001:db8:0:1:ffff::2", "2001:0DB8:0000:0001:1:2:3:4", "2001:db8:0:1::"])
      expect(passes(limit, real(same)), same).to.equal(false);
    for (const other of ["2001:db8:0:2::1", "2001:db8::1", "::1"])
      expect(passes(limit, real(other)), other).to.equal(true);
    expect(passes(limit, real("2001:db8:0:0:1::"))).to.equal(false);
  });

  it("is one for all together beyond that, of which an address that asks too often takes nothing", () => {
    const limit = new StrangerLimit(few, { burst: 3, perSecond: 1 });
    for (let count = 0; count < 50; count++) passes(limit, real("203.0.113.1"));
    expect(["203.0.113.2", "203.0.113.3", "203.0.113.4"].map((it) => passes(limit, real(it)))).to.deep.equal([
      ...[true, true, false],
    ]);
  });
});
