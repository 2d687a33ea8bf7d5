import { expect } from "chai";
import type { VDISession } from "../../../operator/api/objects.ts";
import { adoption, canBeWarm, isTakeable, warmWish } from "../../../operator/pool/adoption.ts";
import { warmPodHash } from "../../../operator/pool/pool-pods.ts";
import { labels } from "../../../operator/resources/labels.ts";
import { planPod } from "../../../operator/session/plan-pod.ts";
import { desktopName, sessionId } from "../../../operator/resources/names.ts";
import { settings } from "../session/settings.ts";
import { sessionStatus } from "../../../operator/status/session-status.ts";
import { ago, nothingYet, now, session, template, view } from "../status/views.ts";
import { warm } from "./pools.ts";

const persistence = { enabled: false, size: "10Gi", reclaim: "Retain" } as const;
const hash = warmPodHash(template(), settings);

/** A session without home. */
function guest(spec: Partial<VDISession["spec"]> = {}): VDISession {
  return session({ spec: { persistence, ...spec } });
}

describe("a session takes a desktop of a pool", () => {
  it("that was made from the template as it is now", () => {
    expect(warmWish(nothingYet({ session: guest() }), settings, now)).to.equal(hash);
    expect(warmPodHash(template({ image: "registry.example.com/desktops/ubuntu:24.10" }), settings)).not.to.equal(hash);
  });

  it("with a size of the template's own, however it is written", () => {
    expect(canBeWarm(guest({ resources: { cpu: "2", memory: "4Gi", gpu: 1 } }), template())).to.equal(true);
    expect(canBeWarm(guest({ resources: { cpu: 1 } }), template())).to.equal(false);
    expect(canBeWarm(guest({ resources: { gpu: 0 } }), template())).to.equal(false);
    expect(canBeWarm(session(), template())).to.equal(false);
  });

  it("but not while it is suspended, is over, has a pod, or could not start at all", () => {
    const { pod } = { pod: warm() };
    const cases = {
      suspended: { session: guest({ desiredState: "Suspended" }) },
      "its time is over": { session: guest({ timeout: "1m" }) },
      "has a pod": { session: guest(), pod },
      "no template": { session: guest(), template: undefined },
      "not allowed": { session: guest(), templateProblem: { reason: "NotAllowed", message: "no" } as const },
      "being deleted": { session: { ...guest(), metadata: { ...guest().metadata, deletionTimestamp: ago(1) } } },
    };
    for (const [why, changes] of Object.entries(cases))
      expect(warmWish(nothingYet(changes), settings, now), why).to.equal(undefined);
  });

  it("only a ready one of nobody, younger than a revocation", () => {
    expect(isTakeable(warm(), guest(), hash)).to.equal(true);
    for (const state of ["starting", "unplaced", "failed"] as const)
      expect(isTakeable(warm(state), guest(), hash), state).to.equal(false);
    const ending = { ...warm(), metadata: { ...warm().metadata, deletionTimestamp: ago(1) } };
    expect(isTakeable(ending, guest(), hash), "ending").to.equal(false);
    expect(isTakeable(warm("ready", { hash: "before" }), guest(), hash), "outdated").to.equal(false);
    const taken = { ...warm(), metadata: { ...warm().metadata, labels: { [labels.session]: "somebody" } } };
    expect(isTakeable(taken, guest(), hash), "taken").to.equal(false);
    const revoked = (seconds: number) => guest({ access: { revokedBefore: ago(seconds) } });
    expect(isTakeable(warm("ready", { age: 60 }), revoked(30), hash), "from before").to.equal(false);
    expect(isTakeable(warm("ready", { age: 60 }), revoked(90), hash), "from after").to.equal(true);
  });

  it("in one write that fails when somebody was faster, and keeps the label of the pool", () => {
    const pod = warm();
    const { metadata = {} } = adoption(guest(), pod);
    expect(metadata.resourceVersion).to.equal("7");
    expect(metadata.ownerReferences).to.have.lengthOf(1);
    expect(metadata.ownerReferences?.[0]).to.include({ kind: "VDISession", uid: "u-1", controller: true });
    expect(metadata.labels).to.include({ [labels.session]: sessionId(guest()) });
    expect(metadata.labels).not.to.have.property(labels.pool);
  });

  it("and started when it took it, not when the pool made it: idle time counts from there", () => {
    const pod = warm("ready", { age: 86_400 });
    const first = sessionStatus(view({ session: guest(), pod }), settings, now);
    expect(first.startTime).to.equal(ago(0));
    const later = new Date(now.getTime() + 60_000);
    const again = sessionStatus(view({ session: { ...guest(), status: first }, pod }), settings, later);
    expect(again.startTime).to.equal(first.startTime);
    const woken = { ...first, podName: "office-of-yesterday", startTime: ago(90_000) };
    expect(sessionStatus(view({ session: { ...guest(), status: woken }, pod }), settings, now).startTime).to.equal(
      ago(0),
    );
  });

  it("and starts cold under its own name when that one is gone", () => {
    const context = { settings, now, newPassword: () => "secret", turnSecret: undefined };
    const { before, writes } = planPod(nothingYet({ session: guest() }), context);
    const names = [...before, ...writes].map((it) => (it.do === "create" ? it.object.metadata?.name : it.do));
    expect(names).to.deep.equal([desktopName(guest()), desktopName(guest())]);
  });

  it("and gives both pod and Secret back when it is revoked or suspended", () => {
    const pod = warm("ready", { name: "office-1", age: 60 });
    const context = { settings, now, newPassword: () => "secret", turnSecret: undefined };
    for (const spec of [{ access: { revokedBefore: ago(1) } }, { desiredState: "Suspended" as const }]) {
      const { before, writes } = planPod(nothingYet({ session: guest(spec), pod }), context);
      const keys = [...before, ...writes].map((it) =>
        it.do === "delete" ? `${it.key.kind} ${it.key.metadata.name}` : it.do,
      );
      expect(keys).to.deep.equal(["Secret office-1", "Pod office-1"]);
    }
  });
});
