import { expect } from "chai";
import fc from "fast-check";
import { apiTime, durationMs } from "../../../operator/api/time.ts";
import { activeCondition } from "../../../operator/lifetime/active.ts";
import { freshLookMs, lifetime } from "../../../operator/lifetime/lifetime.ts";
import { after, conditionOf, createdMs, hour, look, minute, runningSession } from "./session.ts";

const ready = conditionOf("Ready", "True", "Ready");

describe("the timeout", () => {
  it("deletes the session when it is over, suspended or not", () => {
    for (const session of [runningSession(), runningSession({ status: { phase: "Suspended" } })])
      expect(lifetime(session, undefined, after(8 * hour))).to.deep.equal({
        action: "Delete",
        because: "Timeout",
        expiresAt: "2026-01-01T16:00:00Z",
      });
  });

  it("is left alone once the session is being deleted", () => {
    const session = runningSession();
    session.metadata.deletionTimestamp = "2026-01-01T10:00:00Z";
    expect(lifetime(session, undefined, after(9 * hour))).to.deep.equal({ expiresAt: "2026-01-01T16:00:00Z" });
  });

  it("is warned about ten minutes before, and until then nothing is to be done", () => {
    const session = runningSession({ spec: { idle: undefined } });
    const { warning, recheckMs } = lifetime(session, undefined, after(hour));
    expect([warning, recheckMs]).to.deep.equal([undefined, 6 * hour + 50 * minute]);
    expect(lifetime(session, undefined, after(8 * hour - 10 * minute))).to.deep.include({
      warning: {
        reason: "TimeoutWarning",
        note:
          "The session ends at 2026-01-01T16:00:00Z after its timeout of 8h; the home volume is kept: save your work there, " +
          "or have spec.timeout raised.",
      },
      recheckMs: 10 * minute,
    });
  });

  it("is warned about at nine tenths of a short timeout", () => {
    const session = runningSession({ spec: { timeout: "30m" } });
    expect(lifetime(session, undefined, after(27 * minute - 1)).warning).to.equal(undefined);
    expect(lifetime(session, undefined, after(27 * minute)).warning?.reason).to.equal("TimeoutWarning");
  });

  it("is not warned about again when the condition Expiring keeps that it was", () => {
    const conditions = [ready, conditionOf("Expiring", "True", "TimeoutWarning")];
    const session = runningSession({ status: { conditions } });
    expect(lifetime(session, undefined, after(8 * hour - minute)).warning).to.equal(undefined);
  });
});

describe("idle time", () => {
  const due = 31 * minute;

  it("counts anew from when its user said to be there, and takes a warning back", () => {
    const idle = { after: "30m", action: "Suspend", warnBefore: "5m" } as const;
    const said = (ms: number) => runningSession({ spec: { idle: { ...idle, presentAt: apiTime(createdMs + ms) } } });
    const at = 28 * minute;
    const warned = (session: ReturnType<typeof runningSession>) =>
      activeCondition({ session, activity: look(at, false) }, after(at)).reason;
    expect([warned(runningSession()), warned(said(27 * minute))]).to.deep.equal(["IdleWarning", "Idle"]);
    expect(lifetime(said(27 * minute), look(at, false), after(at)).decideAtMs).to.equal(createdMs + 57 * minute);
    // Who was seen later than that counts from then.
    const seenLater = runningSession({
      spec: { idle: { ...idle, presentAt: apiTime(createdMs + 5 * minute) } },
      status: { lastActivity: apiTime(createdMs + 10 * minute) },
    });
    expect(lifetime(seenLater, look(at, false), after(at)).decideAtMs).to.equal(createdMs + 40 * minute);
  });

  it("does not count a presence that is still to come, but one by a clock that is a little ahead", () => {
    const idle = { after: "30m", action: "Suspend", warnBefore: "5m" } as const;
    const said = (ms: number) => runningSession({ spec: { idle: { ...idle, presentAt: apiTime(createdMs + ms) } } });
    const decided = (session: ReturnType<typeof runningSession>) =>
      lifetime(session, look(due, false), after(due)).action;
    for (const aheadMs of [6 * minute, hour, 10_000 * hour])
      expect(decided(said(due + aheadMs)), `${aheadMs}`).to.equal("Suspend");
    expect(decided(said(due + 4 * minute))).to.equal(undefined);
    const warned = activeCondition({ session: said(hour), activity: look(28 * minute, false) }, after(28 * minute));
    expect(warned.reason).to.equal("IdleWarning");
    // Once its time has come it is as if said then.
    const { decideAtMs } = lifetime(said(29 * minute), look(30 * minute, false), after(30 * minute));
    expect(decideAtMs).to.equal(createdMs + 59 * minute);
  });

  it("counts from when the desktop became ready, as long as nobody ever came", () => {
    expect(lifetime(runningSession(), look(2 * minute, false), after(2 * minute))).to.deep.include({
      recheckMs: 24 * minute,
      decideAtMs: createdMs + due,
    });
    expect(lifetime(runningSession(), look(due, false), after(due + 5_000))).to.deep.include({
      action: "Suspend",
      because: "Idle",
    });
  });

  it("counts from when somebody was last seen", () => {
    const session = runningSession({ status: { lastActivity: "2026-01-01T09:00:00Z" } });
    const { action, decideAtMs } = lifetime(session, look(hour + minute, false), after(hour + minute));
    expect([action, decideAtMs]).to.deep.equal([undefined, createdMs + 90 * minute]);
  });

  it("begins at the look that does not find any more who was there", () => {
    const conditions = [ready, conditionOf("Active", "True", "Connected")];
    const session = runningSession({ status: { conditions, lastActivity: "2026-01-01T08:02:00Z" } });
    const { action, decideAtMs } = lifetime(session, look(3 * hour, false), after(3 * hour));
    expect([action, decideAtMs]).to.deep.equal([undefined, createdMs + 3 * hour + 30 * minute]);
  });

  it("begins anew when the desktop is started again", () => {
    const status = {
      lastActivity: "2026-01-01T08:10:00Z",
      startTime: "2026-01-01T12:00:00Z",
      readyTime: "2026-01-01T12:02:00Z",
    };
    const { decideAtMs } = lifetime(runningSession({ status }), look(4.1 * hour, false), after(4.1 * hour));
    expect(decideAtMs).to.equal(createdMs + 4 * hour + 32 * minute);
  });

  it("acts only on a look that was made when it was due", () => {
    const early = lifetime(runningSession(), look(due - 1, false), after(due));
    expect([early.action, early.recheckMs]).to.deep.equal([undefined, 30_000]);
  });

  it("is warned about once, and the warning stands for all its time even when looks began late", () => {
    const late = { ...look(2 * hour, false), sinceMs: createdMs + 2 * hour };
    const first = lifetime(runningSession(), late, after(2 * hour));
    expect(first.action).to.equal(undefined);
    expect(first.warning).to.deep.equal({
      reason: "IdleWarning",
      note:
        "Nobody has been connected since 2026-01-01T08:01:00Z: the desktop is suspended at 2026-01-01T10:05:00Z " +
        "unless somebody connects before.",
    });
    const conditions = [ready, conditionOf("Active", "False", "IdleWarning")];
    expect(lifetime(runningSession({ status: { conditions } }), late, after(2 * hour)).warning).to.equal(undefined);
  });

  it("does not run while the desktop is not reachable, suspended, or about to be", () => {
    const notReady = { conditions: [conditionOf("Ready", "False", "StreamNotAnswering")] };
    for (const session of [
      runningSession({ status: notReady }),
      runningSession({ status: { phase: "Suspended" } }),
      runningSession({ spec: { desiredState: "Suspended" } }),
      runningSession({ spec: { idle: undefined } }),
    ])
      expect(lifetime(session, look(due, false), after(due))).to.deep.equal({
        recheckMs: 8 * hour - 10 * minute - due,
        expiresAt: "2026-01-01T16:00:00Z",
      });
  });

  it("gives way to the timeout when both are over", () => {
    expect(lifetime(runningSession(), look(8 * hour, false), after(8 * hour)).because).to.equal("Timeout");
  });
});

describe("what time asks for", () => {
  const ms = (most: number) => fc.integer({ min: -hour, max: most });
  const span = fc.constantFrom("1s", "5m", "30m", "2h", "1h30m");
  const moment = fc.option(
    ms(10 * hour).map((it) => apiTime(after(it))),
    { nil: undefined },
  );
  const anySession = fc
    .record({
      after: span,
      warnBefore: span,
      action: fc.constantFrom("Suspend" as const, "Delete" as const),
      timeout: fc.constantFrom("1m", "8h", "2562047h"),
      lastActivity: moment,
      startTime: moment,
      readyTime: moment,
      active: fc.constantFrom(
        ...[undefined, conditionOf("Active", "True", "Connected"), conditionOf("Active", "False", "Idle")],
        ...[conditionOf("Active", "False", "IdleWarning"), conditionOf("Active", "Unknown", "NotKnown")],
      ),
    })
    .map(({ after, warnBefore, action, timeout, active, ...times }) =>
      runningSession({
        spec: { timeout, idle: { after, warnBefore, action } },
        status: { ...times, conditions: active ? [ready, active] : [ready] },
      }),
    );
  const anyLook = fc.option(
    fc
      .record({ atMs: ms(12 * hour), backMs: ms(hour), connected: fc.constantFrom(true, false, undefined) })
      .map(({ atMs, backMs, connected }) => ({
        ...look(atMs, connected),
        sinceMs: createdMs + atMs - Math.abs(backMs),
      })),
    { nil: undefined },
  );

  it("is an idle action only after a fresh look that found nobody, whichever way clocks jump", () => {
    fc.assert(
      fc.property(anySession, anyLook, ms(12 * hour), (session, activity, nowMs) => {
        const now = after(nowMs);
        const decision = lifetime(session, activity, now);
        if (decision.because !== "Idle") return;
        expect(activity?.connected).to.equal(false);
        const ageMs = now.getTime() - (activity?.atMs ?? 0);
        expect(ageMs).to.be.within(0, freshLookMs - 1);
      }),
      { numRuns: 2_000 },
    );
  });

  it("is never an idle action or warning while nobody knows who is there", () => {
    fc.assert(
      fc.property(anySession, ms(12 * hour), (session, nowMs) => {
        const blind = lifetime(session, look(nowMs, undefined), after(nowMs));
        expect(blind).to.deep.equal(lifetime(session, undefined, after(nowMs)));
        expect(blind.because).not.to.equal("Idle");
        expect(blind.warning?.reason).not.to.equal("IdleWarning");
      }),
    );
  });

  it("comes to an end, with a warning all of its time before: looks that find nobody, at the times asked for", () => {
    fc.assert(
      fc.property(anySession, (session) => {
        const sinceMs = createdMs + minute;
        let nowMs = sinceMs;
        let warnedMs: number | undefined;
        for (let step = 0; step < 10; step++) {
          const activity = { atMs: nowMs, sinceMs, connected: false, message: "" };
          const { action, because, warning, recheckMs = 0 } = lifetime(session, activity, new Date(nowMs));
          if (because === "Idle")
            expect(nowMs - (warnedMs ?? sinceMs)).to.be.at.least(durationMs(session.spec.idle!.warnBefore));
          if (action) return;
          const { reason, lastActivity } = activeCondition({ session, activity }, new Date(nowMs));
          if (warning?.reason === "IdleWarning") warnedMs = nowMs;
          expect(recheckMs).to.be.greaterThan(0);
          const conditions = [ready, conditionOf("Active", "False", reason)];
          session = { ...session, status: { ...session.status, conditions, lastActivity } };
          nowMs += recheckMs;
        }
        expect.fail("no action after ten steps");
      }),
    );
  });
});
