import { expect } from "chai";
import type { VDISession } from "../../../operator/api/objects.ts";
import { resumeOnceSuspended } from "../../../portal/cluster/restart.ts";
import { FakeClock } from "../../kube/fake-clock.ts";
import { session } from "../objects.ts";

describe("the second half of a restart", () => {
  const suspending = (phase: "Running" | "Suspended", observedGeneration = 2): VDISession => {
    const one = session("a", { desiredState: "Suspended" }, { phase, observedGeneration });
    one.metadata.generation = 2;
    return one;
  };
  const restart = (first: VDISession | undefined) => {
    const clock = new FakeClock();
    const state = { session: first, resumed: 0, failures: 0, isOver: false };
    const resume = () => {
      if (state.failures-- > 0) return Promise.reject(new Error("away"));
      state.resumed++;
      return Promise.resolve();
    };
    const done = resumeOnceSuspended({ look: () => state.session, resume, clock }).then(() => (state.isOver = true));
    return { clock, state, done };
  };

  it("starts the desktop when it has ended and not before, once", async () => {
    const { clock, state } = restart(suspending("Running", 1));
    await clock.advance(5_000);
    // Suspended before, and not by this wish.
    state.session = suspending("Suspended", 1);
    await clock.advance(5_000);
    expect(state.resumed).to.equal(0);
    state.session = suspending("Suspended");
    await clock.advance(1_000);
    expect([state.resumed, state.isOver]).to.deep.equal([1, true]);
  });

  it("tries again when the API server is away", async () => {
    const { clock, state } = restart(suspending("Suspended"));
    state.failures = 3;
    await clock.advance(5_000);
    expect([state.resumed, state.isOver]).to.deep.equal([1, true]);
  });

  it("ends when the session is gone, somebody else has started it, or it does not end in ten minutes", async () => {
    expect(restart(undefined).state.resumed).to.equal(0);
    const started = restart(session("a", { desiredState: "Running" }));
    await started.done;
    const endless = restart(suspending("Running"));
    await endless.clock.advance(601_000);
    expect([started.state.resumed, endless.state.resumed, endless.state.isOver]).to.deep.equal([0, 0, true]);
  });
});
