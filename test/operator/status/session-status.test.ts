import { expect } from "chai";
import { desktopName } from "../../../operator/resources/names.ts";
import type { SessionView } from "../../../operator/view/session-view.ts";
import { sessionStatus, statusChanged, statusRecheckMs } from "../../../operator/status/session-status.ts";
import {
  ago,
  container,
  home,
  node,
  nothingYet,
  now,
  pod,
  podWith,
  readyPod,
  session,
  settings,
  view,
} from "./views.ts";

const later = (seconds: number) => new Date(now.getTime() + seconds * 1000);
const status = (it: SessionView, at = now) => sessionStatus(it, settings, at);

/** The same view, with the status that it led to. */
function after(it: SessionView, at = now): SessionView {
  return { ...it, session: { ...it.session, status: status(it, at) } };
}

function conditions(it: SessionView, at = now): Record<string, string> {
  return Object.fromEntries((status(it, at).conditions ?? []).map((one) => [one.type, `${one.status} ${one.reason}`]));
}

describe("the status of a session", () => {
  it("has all that a client needs once the desktop is ready", () => {
    expect(status(view())).to.deep.include({
      observedGeneration: 1,
      phase: "Running",
      podName: "alice-x",
      nodeName: "gpu-1",
      credentialsSecretName: desktopName(session()),
      launch: "Cold",
      startTime: ago(60),
      readyTime: ago(0),
      expiresAt: "2026-03-01T19:58:00Z",
    });
    expect(status(view()).url).to.match(/^https:\/\/[a-z2-7]{25}\.vdi\.example\.com$/);
    expect(conditions(view())).to.deep.equal({
      Ready: "True Ready",
      PodScheduled: "True Scheduled",
      HomeBound: "True Bound",
      Routed: "True Routed",
      Active: "Unknown NotKnown",
    });
  });

  it("is written at most three times on the way to a desktop, in whatever order its parts come", () => {
    const scheduled = podWith([container({ state: { waiting: { reason: "ContainerCreating" } } })]);
    const parts = { service: view().service, route: view().route, networkPolicy: view().networkPolicy };
    const young = { ...pod(), metadata: { ...pod().metadata, creationTimestamp: ago(1) } };
    const steps: Partial<SessionView>[] = [
      {},
      { home: home("Pending") },
      { home: home("Pending"), pod: young },
      { home: home("Pending"), pod: young, ...parts },
      { home: home("Bound"), pod: young, ...parts },
      { home: home("Bound"), pod: scheduled, ...parts },
      { home: home("Bound"), pod: podWith([container({ state: { running: { startedAt: ago(1) } } })]), ...parts },
      { home: home("Bound"), pod: readyPod(), ...parts },
      { home: home("Bound"), pod: readyPod(), ...parts, stream: { ok: true, message: "" } },
    ];
    let before: SessionView["session"]["status"];
    let writes = 0;
    for (const step of steps) {
      const next = status(nothingYet({ ...step, session: session(before && { status: before }) }));
      if (statusChanged(before, next)) writes += 1;
      before = next;
    }
    expect(before?.phase).to.equal("Running");
    expect(writes).to.equal(3);
  });

  it("keeps its times while nothing changes, also much later", () => {
    const ready = after(view());
    expect(statusChanged(ready.session.status, status(ready, later(3600)))).to.equal(false);
  });

  it("moves the time of a condition only when its status changes", () => {
    const ready = after(view());
    const lost = after({ ...ready, nodes: [node("gpu-1", { isReady: false })] }, later(60));
    const time = (type: string) => lost.session.status?.conditions?.find((it) => it.type === type)?.lastTransitionTime;
    expect(time("Ready")).to.equal(ago(-60));
    expect(time("PodScheduled")).to.equal(ago(0));
    expect(lost.session.status?.readyTime).to.equal(ago(0));
  });

  it("is the same whatever order the API server gives the conditions", () => {
    const it = status(view());
    expect(statusChanged({ ...it, conditions: it.conditions!.toReversed() }, it)).to.equal(false);
  });

  it("fails after the template's progress deadline, names what was in the way, and recovers by itself", () => {
    const starting = after(nothingYet());
    expect(statusRecheckMs(starting, now)).to.equal(600_000);
    const failed = after(starting, later(600));
    expect(failed.session.status?.phase).to.equal("Failed");
    expect(conditions(failed, later(600))).to.include({ Stalled: "True ProgressDeadlineExceeded" });
    expect(failed.session.status?.message).to.contain("The desktop is being made.");
    expect(statusChanged(failed.session.status, status(failed, later(900)))).to.equal(false);
    expect(status({ ...view(), session: failed.session }, later(900)).phase).to.equal("Running");
  });

  it("counts the deadline anew when the spec is changed", () => {
    const failed = after(after(nothingYet()), later(600));
    const edited = { ...failed.session, metadata: { ...failed.session.metadata, generation: 2 } };
    expect(status({ ...failed, session: edited }, later(601)).phase).to.equal("Pending");
  });

  it("is Suspended as soon as that is wanted, and settled when the pod is gone", () => {
    const suspended = { session: session({ spec: { desiredState: "Suspended" } }) };
    expect(status(view(suspended)).phase).to.equal("Suspended");
    expect(conditions(view(suspended))).to.include({ Ready: "False Suspending", Reconciling: "True Suspending" });
    expect(conditions(view({ ...suspended, pod: undefined }))).to.deep.equal({
      Ready: "False Suspended",
      HomeBound: "True Bound",
      Routed: "True Routed",
      Active: "False Idle",
    });
  });
});
