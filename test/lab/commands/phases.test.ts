import { expect } from "chai";
import { sparing } from "../../../lab/commands/phases.ts";

describe("progress in a log", () => {
  it("lets a line through once, however often its numbers count on, and again after 15 s", () => {
    const lines: string[] = [];
    let now = 0;
    const report = sparing(
      (line) => lines.push(line),
      () => now,
    );
    report("3 changed; release (1 s)");
    now = 1_000;
    report("3 changed; release (2 s)");
    report("release (2 s): waiting for pods");
    now = 17_000;
    report("release (17 s): waiting for pods");
    expect(lines).to.deep.equal([
      "3 changed; release (1 s)",
      "release (2 s): waiting for pods",
      "release (17 s): waiting for pods",
    ]);
  });
});
