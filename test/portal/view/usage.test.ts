import { expect } from "chai";
import fc from "fast-check";
import { counted, hours, usageCsv } from "../../../portal/view/usage.ts";
import type { Usage } from "../../../portal/view/usage.ts";

const at = (text: string) => Date.parse(text);
const start: Usage = { countedUntil: "2026-01-01T10:00:00Z", months: {} };

describe("usage of GPU slices", () => {
  it("is what each holder has had since the last count, and no more than since the desktop began", () => {
    const holders = [
      { user: "alice", sinceMs: at("2026-01-01T08:00:00Z") },
      { user: "alice", sinceMs: at("2026-01-01T10:30:00Z") },
      { user: "bob", sinceMs: at("2026-01-01T10:45:00Z") },
    ];
    const { months, countedUntil } = counted(start, holders, at("2026-01-01T11:00:00Z"));
    expect(months).to.deep.equal({ "2026-01": { alice: 5_400, bob: 900 } });
    expect(countedUntil).to.equal("2026-01-01T11:00:00.000Z");
  });

  it("begins with the first count, and counts nothing when a clock goes back", () => {
    const holders = [{ user: "alice", sinceMs: 0 }];
    expect(counted({ months: {} }, holders, at("2026-01-01T11:00:00Z")).months).to.deep.equal({});
    const back = counted(start, holders, at("2026-01-01T09:00:00Z"));
    expect([back.months, back.countedUntil]).to.deep.equal([{}, "2026-01-01T10:00:00.000Z"]);
  });

  it("belongs to the month in which it was, over its end as well", () => {
    const before = { countedUntil: "2026-01-31T23:00:00Z", months: {} };
    const { months } = counted(before, [{ user: "alice", sinceMs: 0 }], at("2026-02-01T02:00:00Z"));
    expect(months).to.deep.equal({ "2026-01": { alice: 3_600 }, "2026-02": { alice: 7_200 } });
  });

  it("comes to the same however often it is counted", () => {
    const endMs = at("2026-03-01T00:00:00Z");
    fc.assert(
      fc.property(fc.array(fc.integer({ min: at("2026-01-01T10:00:01Z"), max: endMs })), (times) => {
        const holders = [{ user: "alice", sinceMs: at("2026-01-05T00:00:00Z") }];
        const often = [...times.sort((a, b) => a - b), endMs].reduce((sum, now) => counted(sum, holders, now), start);
        const once = counted(start, holders, endMs);
        for (const month of Object.keys(once.months))
          expect(often.months[month]?.["alice"]).to.be.closeTo(once.months[month]!["alice"]!, 0.01);
      }),
    );
  });

  it("keeps a year and a month, and never outgrows what the API server takes", () => {
    const many = Object.fromEntries(
      Array.from({ length: 3_000 }, (_, index) => [`user-${index}-${"x".repeat(100)}`, 1]),
    );
    const months = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`20${10 + index}-01`, many]));
    const kept = counted({ ...start, months }, [], at("2026-01-01T11:00:00Z"));
    expect(JSON.stringify(kept).length).to.be.below(850_000);
    expect(Object.keys(kept.months).at(-1)).to.equal("2029-01");
    const small = counted({ ...start, months: Object.fromEntries(Object.keys(months).map((it) => [it, {}])) }, [], 0);
    expect(Object.keys(small.months).length).to.equal(13);
  });

  it("is told in hours, in a file that spreadsheets read and do not run", () => {
    const usage = { months: { "2026-01": { alice: 5_400, "=HYPERLINK(1)": 36 }, "2026-02": { 'b"ob': 3_600 } } };
    expect(usageCsv(usage).split("\r\n")).to.deep.equal([
      "month,user,slice_hours",
      '2026-02,"b""ob",1.00',
      `2026-01,"'=HYPERLINK(1)",0.01`,
      '2026-01,"alice",1.50',
      "",
    ]);
    expect(hours(5_400)).to.equal(1.5);
  });
});
