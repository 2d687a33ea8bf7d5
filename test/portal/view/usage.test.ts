import { expect } from "chai";
import fc from "fast-check";
import { counted, hours, usageCsv, usageView } from "../../../portal/view/usage.ts";
import { noUsage, usageText } from "../../../portal/view/usage-record.ts";
import type { Usage } from "../../../portal/view/usage-record.ts";

const at = (text: string) => Date.parse(text);
const start: Usage = { countedUntil: "2026-01-01T10:00:00Z", months: new Map() };
const months = (of: Record<string, Record<string, number>>): Usage["months"] =>
  new Map(Object.entries(of).map(([month, users]) => [month, new Map(Object.entries(users))]));

describe("usage of GPU slices", () => {
  it("is what each holder has had since the last count, and no more than since the desktop began", () => {
    const holders = [
      { user: "alice", sinceMs: at("2026-01-01T08:00:00Z") },
      { user: "alice", sinceMs: at("2026-01-01T10:30:00Z") },
      { user: "bob", sinceMs: at("2026-01-01T10:45:00Z") },
    ];
    const usage = counted(start, holders, at("2026-01-01T11:00:00Z"));
    expect(usage.months).to.deep.equal(months({ "2026-01": { alice: 5_400, bob: 900 } }));
    expect(usage.countedUntil).to.equal("2026-01-01T11:00:00.000Z");
  });

  it("begins with the first count, and counts nothing when a clock goes back", () => {
    const holders = [{ user: "alice", sinceMs: 0 }];
    expect(counted(noUsage, holders, at("2026-01-01T11:00:00Z")).months).to.deep.equal(new Map());
    const back = counted(start, holders, at("2026-01-01T09:00:00Z"));
    expect([back.months, back.countedUntil]).to.deep.equal([new Map(), "2026-01-01T10:00:00.000Z"]);
  });

  it("belongs to the month in which it was, over its end as well", () => {
    const before = { countedUntil: "2026-01-31T23:00:00Z", months: new Map() };
    const usage = counted(before, [{ user: "alice", sinceMs: 0 }], at("2026-02-01T02:00:00Z"));
    expect(usage.months).to.deep.equal(months({ "2026-01": { alice: 3_600 }, "2026-02": { alice: 7_200 } }));
  });

  it("comes to the same however often it is counted", () => {
    const endMs = at("2026-03-01T00:00:00Z");
    fc.assert(
      fc.property(fc.array(fc.integer({ min: at("2026-01-01T10:00:01Z"), max: endMs })), (times) => {
        const holders = [{ user: "alice", sinceMs: at("2026-01-05T00:00:00Z") }];
        const often = [...times.sort((a, b) => a - b), endMs].reduce((sum, now) => counted(sum, holders, now), start);
        const once = counted(start, holders, endMs);
        for (const [month, users] of once.months)
          expect(often.months.get(month)?.get("alice")).to.be.closeTo(users.get("alice")!, 0.01);
      }),
    );
  });

  it("keeps a year and a month, and never outgrows what the API server takes", () => {
    const many = new Map(Array.from({ length: 3_000 }, (_, index) => [`user-${index}-${"x".repeat(100)}`, 1]));
    const years = Array.from({ length: 20 }, (_, index) => `20${10 + index}-01`);
    const kept = counted({ ...start, months: new Map(years.map((it) => [it, many])) }, [], at("2026-01-01T11:00:00Z"));
    expect(usageText(kept).length).to.be.below(850_000);
    expect([...kept.months.keys()].at(-1)).to.equal("2029-01");
    const small = counted({ ...start, months: new Map(years.map((it) => [it, new Map()])) }, [], 0);
    expect([...small.months.keys()]).to.deep.equal(years.slice(-13));
  });

  it("is told in hours, in a file that spreadsheets read and do not run", () => {
    const usage = {
      months: months({ "2026-01": { alice: 5_400, "=HYPERLINK(1)": 36 }, "2026-02": { 'b"ob': 3_600 } }),
    };
    expect(usageCsv(usage).split("\r\n")).to.deep.equal([
      "month,user,slice_hours",
      '2026-02,"b""ob",1.00',
      `2026-01,"'=HYPERLINK(1)",0.01`,
      '2026-01,"alice",1.50',
      "",
    ]);
    expect(hours(5_400)).to.equal(1.5);
  });

  it("is counted for people with names that every object has, as for any other", () => {
    const users = ["constructor", "__proto__", "toString", "hasOwnProperty"];
    const usage = counted(
      start,
      users.map((user) => ({ user, sinceMs: 0 })),
      at("2026-01-01T11:00:00Z"),
    );
    expect(usageView(usage).months).to.deep.equal([
      { month: "2026-01", users: users.map((user) => ({ user, hours: 1 })) },
    ]);
    expect(usageCsv(usage)).to.include('"__proto__",1.00').and.include('"constructor",1.00');
  });

  it("has no name in its file that a spreadsheet would run", () => {
    const signs = ["=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20"];
    const names = [...["\t1", "\r1", "\n1", "\r\n=1", " =1", "\u3000=1", "\u00a0@1"], ...signs.map((it) => `${it}1`)];
    for (const name of names) {
      const csv = usageCsv({ months: months({ "2026-01": { [name]: 36 } }) });
      expect(csv, JSON.stringify(name)).to.include(`2026-01,"'${name}",0.01`);
    }
    expect(usageCsv({ months: months({ "2026-01": { "a=b-c@example.com": 36 } }) })).to.include(
      ',"a=b-c@example.com",',
    );
  });
});
