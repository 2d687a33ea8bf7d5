import { expect } from "chai";
import fc from "fast-check";
import type { SessionView } from "../../../operator/view/session-view.ts";
import { transitionEvents } from "../../../operator/status/events.ts";
import { sessionStatus } from "../../../operator/status/session-status.ts";
import { anyView } from "./any-view.ts";
import { ago, container, home, node, nothingYet, now, podWith, readyPod, session, settings, view } from "./views.ts";

/** The events of a session that is seen in these states, one after the other. */
function events(steps: readonly SessionView[], at = now): string[] {
  let before: SessionView["session"]["status"];
  return steps.flatMap((step) => {
    const after = sessionStatus(
      { ...step, session: { ...step.session, ...(before && { status: before }) } },
      settings,
      at,
    );
    const told = transitionEvents(before, after);
    before = after;
    return told.map(({ type, reason }) => `${type} ${reason}`);
  });
}

const creating = podWith([container({ state: { waiting: { reason: "ContainerCreating" } } })]);
const pulling = { type: "Normal", reason: "Pulling", message: 'Pulling image "a"', lastTime: ago(5) } as const;
const suspended = session({ spec: { desiredState: "Suspended" } });

describe("the events of a session", () => {
  it("are two for a start on which nothing goes wrong, however slow", () => {
    const steps = [
      nothingYet(),
      nothingYet({ home: home("Pending") }),
      view({ pod: creating, stream: undefined }),
      view({ pod: creating, stream: undefined, events: [pulling] }),
      view({ pod: podWith([container({ state: { running: { startedAt: ago(1) } } })]), stream: undefined }),
      view({ pod: readyPod(), stream: undefined }),
      view(),
      view(),
    ];
    expect(events(steps)).to.deep.equal(["Normal Starting", "Normal Ready"]);
  });

  it("is one for a desktop from a pool", () => {
    expect(events([nothingYet(), view()])).to.deep.equal(["Normal Ready"]);
  });

  it("name what is in the way, once", () => {
    const lost = view({ nodes: [node("gpu-1", { isReady: false })] });
    expect(
      events([nothingYet({ template: undefined }), nothingYet({ template: undefined }), view(), lost, lost, view()]),
    ).to.deep.equal(["Warning TemplateMissing", "Normal Ready", "Warning NodeLost", "Normal Ready"]);
  });

  it("tell of suspension when it is done", () => {
    expect(events([view(), view({ session: suspended }), nothingYet({ session: suspended })])).to.deep.equal([
      "Normal Ready",
      "Normal Suspended",
    ]);
  });

  it("tell once that the deadline is over", () => {
    const before = sessionStatus(nothingYet(), settings, now);
    const late = new Date(now.getTime() + 600_000);
    const after = sessionStatus(nothingYet({ session: session({ status: before }) }), settings, late);
    expect(transitionEvents(before, after).map(({ reason }) => reason)).to.deep.equal(["ProgressDeadlineExceeded"]);
    expect(transitionEvents(after, after)).to.deep.equal([]);
  });

  it("are one at most for any transition, and none for a status that stays", () => {
    fc.assert(
      fc.property(anyView, anyView, (one, other) => {
        const before = sessionStatus(one, settings, now);
        const after = sessionStatus({ ...other, session: { ...other.session, status: before } }, settings, now);
        expect(transitionEvents(before, after)).to.have.lengthOf.at.most(1);
        expect(transitionEvents(after, after)).to.have.lengthOf(0);
      }),
    );
  });
});
