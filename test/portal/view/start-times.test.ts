import { expect } from "chai";
import { StartTimes } from "../../../portal/view/start-times.ts";
import { session } from "../objects.ts";

const begun = Date.parse("2026-01-01T00:00:00Z");
const time = (seconds: number) => new Date(begun + seconds * 1_000).toISOString();
const started = (name: string, seconds: number) =>
  session(name, { template: "ubuntu" }, { startTime: time(0), readyTime: time(seconds) });

describe("how long starts usually take", () => {
  it("is what most starts of the template took, each counted once", () => {
    const times = new StartTimes();
    for (const [name, seconds] of [
      ["a", 10],
      ["b", 12],
      ["c", 14],
      ["d", 20],
      ["e", 600],
    ] as const) {
      times.observe(started(name, seconds));
      times.observe(started(name, seconds));
    }
    expect(times.usualSeconds("ubuntu")).to.equal(20);
    expect(times.usualSeconds("webtop")).to.equal(undefined);
  });

  it("is not told by a start that is under way, nor by one whose desktop was ready before it began", () => {
    const times = new StartTimes();
    times.observe(session("a", { template: "ubuntu" }, { startTime: time(0) }));
    times.observe(session("b", { template: "ubuntu" }, { startTime: time(60), readyTime: time(5) }));
    times.observe(session("c", { template: "ubuntu" }));
    expect(times.usualSeconds("ubuntu")).to.equal(undefined);
  });

  it("goes by the last fifty", () => {
    const times = new StartTimes();
    for (let index = 0; index < 50; index++) times.observe(started(`old-${index}`, 100));
    for (let index = 0; index < 50; index++) times.observe(started(`new-${index}`, 5));
    expect(times.usualSeconds("ubuntu")).to.equal(5);
  });
});
