import { expect } from "chai";
import { heldSpec, mayLead, microTime, observeLease } from "../../kube/lease.ts";
import type { Lease } from "../../kube/lease.ts";

const lease = (holderIdentity: string, resourceVersion = "1"): Lease => ({
  metadata: { resourceVersion, uid: "u" },
  spec: { holderIdentity, leaseDurationSeconds: 15, renewTime: "1970-01-01T00:00:00.000000Z", leaseTransitions: 4 },
});

describe("a lease", () => {
  for (const [title, of, nowMs, may] of [
    ["that is not there is taken", undefined, 0, "take"],
    ["that was released is taken at once", lease(""), 0, "take"],
    ["of our own is renewed", lease("me"), 0, "renew"],
    ["of another is waited for, though its times look ancient", lease("other"), 14_999, "wait"],
    ["of another that was not renewed for its duration is taken", lease("other"), 15_000, "take"],
  ] as const)
    it(title, () => expect(mayLead({ lease: of, sinceMs: 0 }, "me", nowMs)).to.equal(may));

  it("starts its time anew when it changes, not when it is looked at", () => {
    const first = observeLease(undefined, lease("other", "1"), 100);
    const again = observeLease(first, lease("other", "1"), 5_000);
    expect(again.sinceMs).to.equal(100);
    expect(observeLease(again, lease("other", "2"), 9_000).sinceMs).to.equal(9_000);
  });

  it("counts the holders, and keeps the time since when one holds it", () => {
    const date = new Date("2026-01-01T00:00:00.5Z");
    expect(heldSpec(lease("other"), "me", 15_000, date)).to.deep.equal({
      holderIdentity: "me",
      leaseDurationSeconds: 15,
      acquireTime: "2026-01-01T00:00:00.500000Z",
      renewTime: "2026-01-01T00:00:00.500000Z",
      leaseTransitions: 5,
    });
    const held = { ...lease("me"), spec: heldSpec(undefined, "me", 15_000, date) };
    const renewed = heldSpec(held, "me", 15_000, new Date("2026-01-01T00:00:02Z"));
    expect(renewed).to.include({ acquireTime: microTime(date), leaseTransitions: 0 });
  });
});
