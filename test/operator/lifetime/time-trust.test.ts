import { expect } from "chai";
import fc from "fast-check";
import { TimeTrust } from "../../../operator/lifetime/time-trust.ts";

const zero = Date.UTC(2026, 0, 1);
const at = (serverMs: number, ownMs: number) => ({ serverMs: zero + serverMs, ownMs: zero + ownMs });
const hour = 3_600_000;

describe("time that sessions end by", () => {
  it("is believed while both clocks agree, however slowly they drift together", () => {
    const trust = new TimeTrust();
    for (let step = 0; step < 100; step++)
      expect(trust.doubt(at(step * 30_000, step * 30_000 + 20_000), step * hour)).to.equal(undefined);
  });

  it("is believed of neither clock alone, in whichever direction it is off", () => {
    fc.assert(
      fc.property(fc.integer({ min: 60_001, max: 9e9 }), fc.boolean(), fc.boolean(), (off, isServer, isAhead) => {
        const shift = isAhead ? off : -off;
        const trust = new TimeTrust();
        expect(trust.doubt(at(0, 0), 0)).to.equal(undefined);
        const said = trust.doubt(isServer ? at(shift, 0) : at(0, shift), 1_000);
        expect(said).to.contain(isServer === isAhead ? "behind the API server's" : "ahead of the API server's");
        expect(trust.doubt(at(0, 0), 2_000)).to.equal(undefined);
      }),
    );
  });

  it("is not believed at once where both were set, as on a single node, and an hour after it is", () => {
    const trust = new TimeTrust();
    trust.doubt(at(0, 0), 0);
    expect(trust.doubt(at(9 * hour, 9 * hour), 1_000)).to.contain(
      "were both set: they are 32400 s ahead of where they were",
    );
    expect(trust.doubt(at(9 * hour, 9 * hour), hour)).not.to.equal(undefined);
    expect(trust.doubt(at(9 * hour, 9 * hour), hour + 1_000)).to.equal(undefined);
    expect(trust.doubt(at(9 * hour, 9 * hour), hour + 2_000)).to.equal(undefined);
  });

  it("counts the hour anew when clocks that were put right are set again", () => {
    const trust = new TimeTrust();
    trust.doubt(at(0, 0), 0);
    expect(trust.doubt(at(hour, hour), 1_000)).not.to.equal(undefined);
    expect(trust.doubt(at(0, 0), 2_000)).to.equal(undefined);
    expect(trust.doubt(at(hour, hour), hour + 500)).not.to.equal(undefined);
    expect(trust.doubt(at(hour, hour), hour + 3_000)).not.to.equal(undefined);
  });
});
