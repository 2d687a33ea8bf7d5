import { expect } from "chai";
import { RecentWork } from "../../../operator/access/recent-work.ts";
import { FakeClock, settled } from "../../kube/fake-clock.ts";

describe("work that many ask for", () => {
  let done: number;
  const work = () => Promise.resolve(++done);

  beforeEach(() => (done = 0));

  it("is done once while it is under way and a while after, then anew", async () => {
    const clock = new FakeClock();
    const recent = new RecentWork<number>(clock, 1_000);
    expect(await Promise.all([recent.once("a", work), recent.once("a", work)])).to.deep.equal([1, 1]);
    await clock.advance(999);
    expect(await recent.once("a", work)).to.equal(1);
    await clock.advance(1);
    expect(await recent.once("a", work)).to.equal(2);
    expect(await recent.once("b", work)).to.equal(3);
  });

  it("is tried again when it failed", async () => {
    const recent = new RecentWork<number>(new FakeClock(), 1_000);
    const failure = await recent.once("a", () => Promise.reject(new Error("no"))).catch(String);
    expect(failure).to.equal("Error: no");
    await settled();
    expect(await recent.once("a", work)).to.equal(1);
  });

  it("is kept no longer than its time, and no more of it than the bound", async () => {
    const clock = new FakeClock();
    const recent = new RecentWork<number>(clock, 1_000, 10);
    for (let index = 0; index < 100; index++) await recent.once(String(index), work);
    expect(recent.size).to.equal(10);
    await clock.advance(1_000);
    await recent.once("one more", work);
    expect(recent.size).to.equal(1);
  });
});
