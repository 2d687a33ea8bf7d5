import { expect } from "chai";
import fc from "fast-check";
import { desiredSize } from "../../../operator/pool/size.ts";
import { now } from "../status/views.ts";
import { pool } from "./pools.ts";

const minute = 60_000;
const startedBefore = (...minutes: number[]) => minutes.map((it) => now.getTime() - it * minute);
const noon = { timeZone: "UTC", periods: [{ from: "11:00", to: "13:00", replicas: 7 }] };

describe("how many desktops a pool keeps ready", () => {
  it("is replicas, for ever, where nothing else is said", () => {
    expect(desiredSize(pool({ replicas: 4 }), now, [])).to.deep.equal({ desired: 4 });
  });

  it("is the schedule's number in a period, also a smaller one, until that ends", () => {
    expect(desiredSize(pool({ replicas: 4, schedule: noon }), now, [])).to.deep.equal({
      desired: 7,
      recheckMs: 60 * minute,
    });
    expect(desiredSize(pool({ replicas: 9, schedule: noon }), now, []).desired).to.equal(7);
  });

  it("is at least as many as were started within the window, at most the demand's max", () => {
    const demand = { window: "15m", max: 3 };
    const sizes = [[], [1, 20], [1, 2, 20], [1, 2, 3, 4, 5]].map(
      (starts) => desiredSize(pool({ replicas: 1, demand }), now, startedBefore(...starts)).desired,
    );
    expect(sizes).to.deep.equal([1, 1, 2, 3]);
  });

  it("looks again when so many have left the window that fewer are wanted", () => {
    const demand = { window: "15m", max: 2 };
    const of = (...starts: number[]) =>
      desiredSize(pool({ replicas: 1, demand }), now, startedBefore(...starts)).recheckMs;
    expect(of(1, 10)).to.equal(5 * minute);
    // Of three only two count: the oldest changes nothing.
    expect(of(1, 5, 14)).to.equal(10 * minute);
    // One is kept in any case.
    expect(of(1)).to.equal(undefined);
  });

  it("keeps what schedule or replicas ask for when the demand is lower", () => {
    const demand = { window: "1h", max: 100 };
    expect(desiredSize(pool({ replicas: 1, schedule: noon, demand }), now, startedBefore(1, 2)).desired).to.equal(7);
  });

  it("does not change before the moment that it names, without new sessions", () => {
    const ages = fc.array(fc.nat(30 * 60), { maxLength: 8 });
    fc.assert(
      fc.property(
        ages,
        fc.nat(4),
        fc.nat(6),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (ages, replicas, max, part) => {
          const it = pool({ replicas, demand: { window: "15m", max } });
          const starts = ages.map((seconds) => now.getTime() - seconds * 1000);
          const { desired, recheckMs = 24 * 60 * minute } = desiredSize(it, now, starts);
          const later = new Date(now.getTime() + Math.min(recheckMs - 1, Math.floor(part * recheckMs)));
          expect(desiredSize(it, later, starts).desired).to.equal(desired);
        },
      ),
    );
  });
});
