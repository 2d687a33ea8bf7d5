import { expect } from "chai";
import fc from "fast-check";
import { nextStep } from "../../kube/reflector.steps.ts";
import type { Outcome } from "../../kube/reflector.steps.ts";

describe("how a reflector goes on", () => {
  for (const [title, failures, outcome, step] of [
    ["watches at once after a list", 3, { of: "list", result: "done" }, { act: "watch", waitMs: 0, failures: 3 }],
    [
      "asks for a missing kind every 2 s",
      3,
      { of: "list", result: "missing" },
      { act: "list", waitMs: 2000, failures: 0 },
    ],
    [
      "continues a watch that lived",
      3,
      { of: "watch", result: "ended", livedMs: 60_000 },
      { act: "watch", waitMs: 0, failures: 0 },
    ],
    [
      "waits before it continues a watch that ended at once",
      0,
      { of: "watch", result: "ended", livedMs: 3 },
      { act: "watch", waitMs: 200, failures: 1 },
    ],
    [
      "lists anew when the version has expired",
      0,
      { of: "watch", result: "refused", why: "expired" },
      { act: "list", waitMs: 200, failures: 1 },
    ],
    [
      "lists anew after a server that was away",
      2,
      { of: "watch", result: "refused", why: "unavailable" },
      { act: "list", waitMs: 800, failures: 3 },
    ],
    [
      "keeps its version when it is throttled, and waits as asked",
      0,
      { of: "watch", result: "refused", why: "throttled", askedMs: 4000 },
      { act: "watch", waitMs: 5000, failures: 1 },
    ],
    [
      "waits at most 10 s of its own accord",
      50,
      { of: "list", result: "refused", why: "unavailable" },
      { act: "list", waitMs: 10_000, failures: 51 },
    ],
  ] as const)
    it(title, () => expect(nextStep(failures, outcome, 0.5)).to.deep.equal(step));

  it("never turns to the server twice at once, unless something worked", () => {
    const refused = fc.record<Outcome & { result: "refused" }>({
      of: fc.constantFrom("list", "watch"),
      result: fc.constant("refused"),
      why: fc.constantFrom("expired", "unavailable", "throttled", "denied", "not-found"),
    });
    fc.assert(
      fc.property(refused, fc.nat(100), fc.double({ min: 0, max: 1, noNaN: true }), (outcome, failures, random) => {
        expect(nextStep(failures, outcome, random).waitMs).to.be.within(140, 13_000);
      }),
    );
  });
});
