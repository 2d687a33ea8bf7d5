import { expect } from "chai";
import { checkVerdict, activityVerdict, recheckMs } from "../../../operator/reachability/verdict.ts";
import type { ActivityState, CheckState } from "../../../operator/reachability/verdict.ts";

const ok = { ok: true, message: "The stream answers." };
const refuses = { ok: false, message: "It refuses connections." };
const hangs = { ok: false, message: "It hangs." };

/** Who is told what, check by check. */
function told(checks: readonly [atMs: number, check: typeof ok][]) {
  let state: CheckState = { failures: 0 };
  return checks.map(([atMs, check]) => {
    const judged = checkVerdict(state, check, atMs);
    ({ state } = judged);
    return [judged.flipped, state.verdict?.message];
  });
}

describe("what checks of a stream come to", () => {
  it("is the first answer, at once and once", () => {
    expect(
      told([
        [0, ok],
        [1_000, ok],
      ]),
    ).to.deep.equal([
      [true, ok.message],
      [false, ok.message],
    ]);
  });

  it("is no news while a stream server is just starting", () => {
    expect(
      told([
        [0, refuses],
        [1_000, refuses],
        [2_000, ok],
      ]),
    ).to.deep.equal([
      [false, undefined],
      [false, undefined],
      [true, ok.message],
    ]);
  });

  it("is a failure after five seconds without an answer, and again only for another reason", () => {
    expect(
      told([
        [0, refuses],
        [5_000, refuses],
        [6_000, refuses],
        [7_000, hangs],
      ]),
    ).to.deep.equal([
      [false, undefined],
      [true, refuses.message],
      [false, refuses.message],
      [true, hangs.message],
    ]);
  });

  it("is a failure after an answer when three in a row are missing, not for one", () => {
    expect(
      told([
        [0, ok],
        [60_000, hangs],
        [61_000, ok],
        [90_000, hangs],
        [91_000, hangs],
        [92_000, hangs],
      ]),
    ).to.deep.equal([
      [true, ok.message],
      [false, ok.message],
      [false, ok.message],
      [false, ok.message],
      [false, ok.message],
      [true, hangs.message],
    ]);
  });

  it("is checked each second until it answers, at rest seldom, and less often what will not answer", () => {
    expect(recheckMs({ failures: 0, verdict: ok }, 60_000)).to.equal(60_000);
    expect(recheckMs({ failures: 1, verdict: ok }, 60_000)).to.equal(1_000);
    expect(recheckMs({ failures: 30 }, 60_000)).to.equal(1_000);
    expect(recheckMs({ failures: 31, verdict: hangs }, 60_000)).to.equal(10_000);
  });
});

describe("what looks at who is connected come to", () => {
  const nobody = { connected: false, message: "Nobody is connected." };
  const somebody = { connected: true, message: "Somebody is connected." };
  const failed = { connected: undefined, message: "It hangs." };
  const after = (readings: readonly { connected: boolean | undefined; message: string; isFirst?: true }[]) => {
    let state: ActivityState = { failures: 0 };
    const flips = readings.map((reading, index) => {
      const judged = activityVerdict(state, reading, index * 30_000);
      ({ state } = judged);
      return judged.flipped;
    });
    return { flips, verdict: state.verdict };
  };

  it("keeps since when it has been the same, and is news only when it changes", () => {
    const { flips, verdict } = after([somebody, nobody, nobody, nobody]);
    expect(flips).to.deep.equal([true, true, false, false]);
    expect(verdict).to.deep.equal({ ...nobody, atMs: 90_000, sinceMs: 30_000 });
  });

  it("is not known after three failures in a row; until then the last look stands, as old as it is", () => {
    expect(after([nobody, failed, failed]).verdict).to.deep.include({ connected: false, atMs: 0 });
    const { flips, verdict } = after([nobody, failed, failed, failed, failed, nobody]);
    expect(flips).to.deep.equal([true, false, false, true, false, true]);
    expect(verdict).to.deep.equal({ ...nobody, atMs: 150_000, sinceMs: 150_000 });
  });

  it("is not known when the first look fails, and says why", () => {
    expect(after([failed])).to.deep.equal({ flips: [true], verdict: { ...failed, atMs: 0, sinceMs: 0 } });
  });

  it("is nothing new while only a beginning was read", () => {
    expect(after([{ connected: undefined, message: "first", isFirst: true }])).to.deep.equal({
      flips: [false],
      verdict: undefined,
    });
  });
});
