import { expect } from "chai";
import fc from "fast-check";
import type { VDIPoolSpec } from "../../../operator/api/vdi-pool.ts";
import { scheduled, scheduleProblem } from "../../../operator/pool/schedule.ts";
import { dayIn, instantOf } from "../../../operator/pool/wall-clock.ts";

type Schedule = NonNullable<VDIPoolSpec["schedule"]>;

const office: Schedule = {
  timeZone: "Europe/Vienna",
  periods: [{ days: ["Mon", "Tue", "Wed", "Thu", "Fri"], from: "07:30", to: "18:00", replicas: 10 }],
};

function at(schedule: Schedule, time: string) {
  const { replicas, nextMs } = scheduled(schedule, new Date(time));
  return { replicas, next: nextMs === undefined ? undefined : new Date(nextMs).toISOString().slice(0, 16) };
}

describe("the schedule of a pool", () => {
  // 2026-03-02 is a Monday; Vienna is an hour ahead of UTC in winter.
  it("counts in the pool's time zone, from the first minute to before the last", () => {
    expect(at(office, "2026-03-02T06:29:59Z")).to.deep.equal({ replicas: undefined, next: "2026-03-02T06:30" });
    expect(at(office, "2026-03-02T06:30:00Z")).to.deep.equal({ replicas: 10, next: "2026-03-02T17:00" });
    expect(at(office, "2026-03-02T16:59:59Z").replicas).to.equal(10);
    expect(at(office, "2026-03-02T17:00:00Z")).to.deep.equal({ replicas: undefined, next: "2026-03-03T06:30" });
  });

  it("leaves out the days that it does not name", () => {
    expect(at(office, "2026-03-07T10:00:00Z")).to.deep.equal({ replicas: undefined, next: "2026-03-09T06:30" });
  });

  it("lets a period go on over midnight, from the day on which it begins", () => {
    const night: Schedule = { timeZone: "UTC", periods: [{ days: ["Fri"], from: "22:00", to: "06:00", replicas: 3 }] };
    expect(at(night, "2026-03-06T23:00:00Z")).to.deep.equal({ replicas: 3, next: "2026-03-07T06:00" });
    expect(at(night, "2026-03-07T05:59:00Z").replicas).to.equal(3);
    expect(at(night, "2026-03-06T05:00:00Z").replicas).to.equal(undefined);
    expect(at(night, "2026-03-07T22:30:00Z").replicas).to.equal(undefined);
  });

  it("takes the first of periods that overlap, zero included", () => {
    const periods = [
      { from: "12:00", to: "13:00", replicas: 0 },
      { from: "08:00", to: "17:00", replicas: 5 },
    ];
    const lunch: Schedule = { timeZone: "UTC", periods };
    expect(at(lunch, "2026-03-02T12:30:00Z").replicas).to.equal(0);
    expect(at(lunch, "2026-03-02T13:00:00Z").replicas).to.equal(5);
  });

  it("makes a period whose ends are the same a whole day", () => {
    const always: Schedule = { timeZone: "UTC", periods: [{ from: "08:00", to: "08:00", replicas: 4 }] };
    expect(at(always, "2026-03-02T07:59:00Z").replicas).to.equal(4);
    expect(at(always, "2026-03-02T08:00:00Z").replicas).to.equal(4);
  });

  it("is an hour shorter in the night in which clocks go forward, and longer when they go back", () => {
    const night: Schedule = { timeZone: "Europe/Vienna", periods: [{ from: "22:00", to: "06:00", replicas: 1 }] };
    // In the night to 2026-03-29 and to 2026-10-25.
    expect(at(night, "2026-03-28T21:00:00Z").next).to.equal("2026-03-29T04:00");
    expect(at(night, "2026-10-24T20:00:00Z").next).to.equal("2026-10-25T05:00");
  });

  it("begins once, also at a time that comes twice or never", () => {
    const early: Schedule = { timeZone: "Europe/Vienna", periods: [{ from: "02:30", to: "05:00", replicas: 1 }] };
    expect(at(early, "2026-10-25T00:30:00Z")).to.deep.equal({ replicas: 1, next: "2026-10-25T04:00" });
    expect(at(early, "2026-10-25T01:15:00Z").replicas).to.equal(1);
    // 02:30 does not come: an hour later by the clocks.
    expect(at(early, "2026-03-29T01:00:00Z")).to.deep.equal({ replicas: undefined, next: "2026-03-29T01:30" });
  });

  it("asks for nothing in a time zone that there is not, and says so", () => {
    const wrong = { ...office, timeZone: "Europe/Wien" };
    expect(at(wrong, "2026-03-02T10:00:00Z")).to.deep.equal({ replicas: undefined, next: undefined });
    expect(scheduleProblem({ template: "a", replicas: 1, schedule: wrong })).to.contain("Europe/Wien");
    expect(scheduleProblem({ template: "a", replicas: 1, schedule: office })).to.equal(undefined);
  });

  it("does not change before the moment that it names", () => {
    const clockTime = fc
      .tuple(fc.nat(23), fc.nat(59))
      .map((parts) => parts.map((it) => String(it).padStart(2, "0")).join(":"));
    const period = fc.record({ from: clockTime, to: clockTime, replicas: fc.nat(9) });
    const zones = fc.constantFrom("Europe/Vienna", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu");
    const year = fc.integer({ min: Date.UTC(2026, 0), max: Date.UTC(2027, 0) });
    fc.assert(
      fc.property(
        zones,
        fc.array(period, { minLength: 1, maxLength: 3 }),
        year,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (timeZone, periods, atMs, part) => {
          const schedule = { timeZone, periods };
          const { replicas, nextMs = Infinity } = scheduled(schedule, new Date(atMs));
          expect(nextMs).to.be.greaterThan(atMs);
          const between = Math.min(nextMs - 1, Math.floor(atMs + part * (nextMs - atMs)));
          expect(scheduled(schedule, new Date(between)).replicas).to.equal(replicas);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe("the time of day in a time zone", () => {
  it("is the day of the place, not of UTC", () => {
    expect(dayIn("Pacific/Auckland", Date.parse("2026-12-31T12:00:00Z"))).to.deep.equal({
      year: 2027,
      month: 1,
      day: 1,
    });
  });

  it("counts half-hour changes too", () => {
    // Lord Howe goes forward by half an hour at 02:00 on 2026-10-04.
    const day = { year: 2026, month: 10, day: 4 };
    expect(new Date(instantOf("Australia/Lord_Howe", day, 12 * 60)).toISOString()).to.equal("2026-10-04T01:00:00.000Z");
    expect(new Date(instantOf("Australia/Lord_Howe", day, 60)).toISOString()).to.equal("2026-10-03T14:30:00.000Z");
  });
});
