import { expect } from "chai";
import { meter } from "../../../portal/cluster/meter.ts";
import { noUsage } from "../../../portal/view/usage-record.ts";
import type { Usage } from "../../../portal/view/usage-record.ts";
import { FakeClock } from "../../kube/fake-clock.ts";

describe("the meter of GPU slices", () => {
  it("counts each minute once, however many replicas there are, and what one could not write with the next", async () => {
    const clock = new FakeClock();
    const over = new AbortController();
    const kept: { usage: Usage } = { usage: noUsage };
    let isAway = false;
    let writes = 0;
    const replica = () =>
      meter(
        {
          ...{ clock, usage: () => kept.usage, holders: () => [{ user: "alice", sinceMs: 0 }] },
          write: (usage) => {
            if (isAway) return Promise.reject(new Error("away"));
            writes++;
            kept.usage = usage;
            return Promise.resolve();
          },
        },
        over.signal,
      );
    const running = [replica(), replica()];
    await clock.advance(10 * 60_000);
    expect(kept.usage.months.get("2026-01")?.get("alice")).to.equal(600);
    expect(writes).to.equal(11);
    isAway = true;
    await clock.advance(5 * 60_000);
    isAway = false;
    await clock.advance(60_000);
    expect(kept.usage.months.get("2026-01")?.get("alice")).to.equal(960);
    over.abort();
    await Promise.all(running);
  });
});
