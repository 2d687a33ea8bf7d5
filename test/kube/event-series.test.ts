import { expect } from "chai";
import { EventSeries } from "../../kube/event-series.ts";

const minute = 60_000;

describe("a series of events", () => {
  it("is one new event, then counts: the first at once, further ones once a minute", () => {
    const series = new EventSeries();
    const writes = [0, 1, 2, 3, 65, 66].map((seconds) => series.observe("k", "object", seconds * 1000));
    expect(writes).to.deep.equal([
      { write: "create" },
      { write: "count", count: 2 },
      { write: "none" },
      { write: "none" },
      { write: "count", count: 5 },
      { write: "none" },
    ]);
    expect(series.unwritten(70_000)).to.deep.equal([{ key: "k", count: 6 }]);
    expect(series.unwritten(70_000)).to.deep.equal([]);
  });

  it("ends after six minutes of silence", () => {
    const series = new EventSeries();
    series.observe("k", "object", 0);
    expect(series.observe("k", "object", 7 * minute)).to.deep.equal({ write: "create" });
  });

  it("limits new events about one object to a burst, and lets others have theirs", () => {
    const series = new EventSeries();
    const writes = Array.from({ length: 40 }, (_, index) => series.observe(`k${index}`, "noisy", 0).write);
    expect(writes.filter((write) => write === "create")).to.have.length(25);
    expect(series.observe("k", "quiet", 0).write).to.equal("create");
    expect(series.observe("later", "noisy", 5 * minute).write).to.equal("create");
    expect(series.observe("too soon", "noisy", 5 * minute).write).to.equal("none");
  });

  it("forgets what is over", () => {
    const series = new EventSeries();
    for (let index = 0; index < 100; index++) series.observe(`k${index}`, `object ${index}`, 0);
    series.observe("new", "object", 20 * minute);
    expect(series.has("k0")).to.equal(false);
  });
});
