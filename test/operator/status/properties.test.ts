import { expect } from "chai";
import fc from "fast-check";
import { vdiSessionStatus } from "../../../operator/api/vdi-session.ts";
import type { SessionView } from "../../../operator/view/session-view.ts";
import { sessionStatus, statusChanged, statusRecheckMs } from "../../../operator/status/session-status.ts";
import { anyView } from "./any-view.ts";
import { now, settings } from "./views.ts";

const at = (ms: number) => new Date(now.getTime() + ms);

/** The view as it is when its status has been written. */
const written = (view: SessionView): SessionView => ({
  ...view,
  session: { ...view.session, status: sessionStatus(view, settings, now) },
});

describe("whatever is known of a session", () => {
  it("its status is one that the CRD takes, with one reason and a sentence", () => {
    fc.assert(
      fc.property(anyView, (view) => {
        const status = sessionStatus(view, settings, now);
        expect(vdiSessionStatus.strict().safeParse(status).error).to.equal(undefined);
        const types = (status.conditions ?? []).map(({ type }) => type);
        expect(new Set(types).size).to.equal(types.length);
        expect(types).to.include("Ready");
        expect(types.includes("Reconciling") && types.includes("Stalled")).to.equal(false);
        for (const { message } of status.conditions ?? []) expect(message).to.match(/^\S[^]*\.$/);
      }),
      { numRuns: 200 },
    );
  });

  it("its status is the same when made again, so that nothing is written", () => {
    fc.assert(
      fc.property(anyView, (view) => {
        const once = written(view);
        expect(statusChanged(once.session.status, sessionStatus(once, settings, now))).to.equal(false);
      }),
      { numRuns: 200 },
    );
  });

  it("time alone changes its status only at the moment that was told", () => {
    fc.assert(
      fc.property(anyView, fc.integer({ min: 0, max: 3_600_000 }), (view, ms) => {
        // The clock of idle desktops and the warning of the timeout are told by lifetime/.
        const calm = {
          ...view,
          activity: undefined,
          session: { ...view.session, spec: { ...view.session.spec, timeout: "8h" } },
        };
        const once = written(calm);
        if (ms >= (statusRecheckMs(once, now) ?? Infinity)) return;
        expect(statusChanged(once.session.status, sessionStatus(once, settings, at(ms)))).to.equal(false);
      }),
      { numRuns: 200 },
    );
  });
});
