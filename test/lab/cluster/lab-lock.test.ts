import { expect } from "chai";

import { withLabLock } from "../../../lab/cluster/lab-lock.ts";
import { temporaryLab } from "./temporary-lab.ts";

describe("the lab's lock", () => {
  let lab: ReturnType<typeof temporaryLab>;
  beforeEach(() => (lab = temporaryLab()));
  afterEach(() => lab.remove());

  it("lets a second command wait for the first, and tells it whom it waits for", async () => {
    const events: string[] = [];
    const say = (line: string) => events.push(line.replace(/since [^)]+/, "since then"));
    const first = withLabLock(lab.layout, "up", say, async () => {
      events.push("first begins");
      await new Promise((resolve) => setTimeout(resolve, 300));
      events.push("first ends");
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    await Promise.all([first, withLabLock(lab.layout, "down", say, () => Promise.resolve(events.push("second")))]);
    expect(events).to.deep.equal([
      "first begins",
      `\`lab up\` (process ${process.pid}, since then) works on this lab; waiting for it to end`,
      "first ends",
      "second",
    ]);
  });

  it("is free again after a failure", async () => {
    const fail = () => Promise.reject(new Error("no"));
    await withLabLock(lab.layout, "up", () => undefined, fail).catch(() => undefined);
    expect(
      await withLabLock(
        lab.layout,
        "up",
        () => undefined,
        () => Promise.resolve("done"),
      ),
    ).to.equal("done");
  });

  it("is not waited for without end", async () => {
    const holder = Promise.withResolvers<undefined>();
    const first = withLabLock(
      lab.layout,
      "up",
      () => undefined,
      () => holder.promise,
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    const failure = await withLabLock(
      lab.layout,
      "down",
      () => undefined,
      () => Promise.resolve(),
      0,
    ).catch(String);
    holder.resolve(undefined);
    await first;
    expect(failure).to.match(/lab up.*process \d+.*still works on/);
  });
});
