import { expect } from "chai";
import fc from "fast-check";
import type { VDISession } from "../../../operator/api/objects.ts";
import { homeHolder } from "../../../operator/session/home-holder.ts";
import { ago, session } from "../status/views.ts";

function one(uid: string, ageSeconds: number, changes: Parameters<typeof session>[0] = {}): VDISession {
  const it = session(changes);
  return { ...it, metadata: { ...it.metadata, name: uid, uid, creationTimestamp: ago(ageSeconds) } };
}

const stalledFor = (reason: string) => ({
  status: {
    conditions: [{ type: "Stalled", status: "True" as const, reason, message: "", lastTransitionTime: ago(1) }],
  },
});
const nobody = () => false;

describe("who has a user's home", () => {
  it("is whoever has a pod, however young the session", () => {
    const [old, young] = [one("old", 100), one("young", 10)];
    expect(homeHolder({ session: old, others: [young], hasPod: (it) => it === young })).to.equal(young);
    expect(homeHolder({ session: young, others: [old], hasPod: (it) => it === young })).to.equal(undefined);
  });

  it("is the oldest of those without a pod", () => {
    const [old, young] = [one("old", 100), one("young", 10)];
    expect(homeHolder({ session: young, others: [old], hasPod: nobody })).to.equal(old);
    expect(homeHolder({ session: old, others: [young], hasPod: nobody })).to.equal(undefined);
  });

  it("is nobody who is suspended, deleted, stalled, or wants no home", () => {
    const young = one("young", 10);
    const others = [
      one("a", 100, { spec: { desiredState: "Suspended" } }),
      one("b", 100, stalledFor("TemplateMissing")),
      one("c", 100, { spec: { persistence: { enabled: false, size: "1Gi", reclaim: "Retain" } } }),
      { ...one("d", 100), metadata: { ...one("d", 100).metadata, deletionTimestamp: ago(1) } },
    ];
    expect(homeHolder({ session: young, others, hasPod: nobody })).to.equal(undefined);
  });

  it("lets exactly one of any number of sessions start, also of those that were told to wait", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 6 }),
        fc.nat(3),
        fc.infiniteStream(fc.boolean()),
        (uids, spread, waits) => {
          const all = uids.map((uid, index) =>
            one(uid, 10 + (index % (spread + 1)), waits.next().value ? stalledFor("HomeInUse") : {}),
          );
          const free = all.filter(
            (session) => !homeHolder({ session, others: all.filter((it) => it !== session), hasPod: nobody }),
          );
          expect(free).to.have.lengthOf(1);
        },
      ),
    );
  });
});
