import { expect } from "chai";
import type { Activity } from "../../../operator/view/session-view.ts";
import { activeCondition } from "../../../operator/lifetime/active.ts";
import { after, conditionOf, hour, look, minute, runningSession } from "./session.ts";

const ready = conditionOf("Ready", "True", "Ready");
const was = (status: "True" | "False" | "Unknown", reason: string, lastActivity?: string) =>
  runningSession({ status: { conditions: [ready, conditionOf("Active", status, reason)], lastActivity } });
const told = (session = runningSession(), activity?: Activity, ms = hour) =>
  activeCondition({ session, activity }, after(ms));

describe("the condition Active", () => {
  it("is True from the first look that finds somebody, and lastActivity stays there while they stay", () => {
    const connected = { status: "True", reason: "Connected", message: "Somebody is connected." };
    const first = told(was("False", "Idle"), look(hour, true));
    expect(first).to.deep.equal({ ...connected, lastActivity: "2026-01-01T09:00:00Z" });
    const later = told(was("True", "Connected", first.lastActivity), look(2 * hour, true));
    expect(later).to.deep.equal(first);
  });

  it("is False when nobody is found any more, and lastActivity says when that was first seen", () => {
    const left = told(was("True", "Connected", "2026-01-01T08:10:00Z"), look(hour, false));
    expect(left).to.deep.equal({
      status: "False",
      reason: "Idle",
      message: "Nobody is connected.",
      lastActivity: "2026-01-01T09:00:00Z",
    });
    expect(told(was("False", "Idle", left.lastActivity), look(hour + minute, false), hour + minute)).to.deep.equal(
      left,
    );
  });

  it("keeps by its reason that the warning was said, with a message that does not change from look to look", () => {
    const messages = [27, 28, 29].map((at) => {
      const { status, reason, message } = told(was("False", "IdleWarning"), look(at * minute, false), at * minute);
      expect([status, reason]).to.deep.equal(["False", "IdleWarning"]);
      return message;
    });
    expect(new Set(messages)).to.deep.equal(
      new Set([
        "Nobody has been connected since 2026-01-01T08:01:00Z: the desktop is suspended at 2026-01-01T08:31:00Z " +
          "unless somebody connects before.",
      ]),
    );
  });

  it("is Unknown with the reason why when a look fails; who was there before was seen until then", () => {
    expect(told(was("True", "Connected", "2026-01-01T08:10:00Z"), look(hour, undefined))).to.deep.equal({
      status: "Unknown",
      reason: "NotKnown",
      message: "the metrics page answered 503",
      lastActivity: "2026-01-01T09:00:00Z",
    });
    expect(told(was("False", "Idle"), look(hour, undefined))).not.to.have.property("lastActivity");
  });

  it("stands as it was until this process has looked, so that a restart writes nothing", () => {
    const session = was("True", "Connected", "2026-01-01T08:10:00Z");
    session.status!.conditions![1]!.message = "Somebody is connected.";
    expect(told(session)).to.deep.equal({
      status: "True",
      reason: "Connected",
      message: "Somebody is connected.",
      lastActivity: "2026-01-01T08:10:00Z",
    });
    expect(told().message).to.equal("Nobody has looked yet who is connected.");
  });

  it("says that nobody looks where the session has no idle time", () => {
    expect(told(runningSession({ spec: { idle: undefined } }), look(hour, true))).to.deep.equal({
      status: "Unknown",
      reason: "NotKnown",
      message: "Nobody looks who is connected, for spec.idle is not set.",
    });
  });

  it("follows the status that is being made, not the stored one", () => {
    const view = {
      session: runningSession({ status: { phase: "Creating", conditions: [] } }),
      activity: look(hour, false),
    };
    expect(activeCondition(view, after(hour)).reason).to.equal("NotKnown");
    expect(activeCondition(view, after(hour), { phase: "Running", ready: true }).reason).to.equal("Idle");
    expect(activeCondition(view, after(hour), { phase: "Suspended", ready: false })).to.deep.equal({
      status: "False",
      reason: "Idle",
      message: "The desktop is suspended.",
    });
  });
});
