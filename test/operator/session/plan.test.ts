import { expect } from "chai";
import fc from "fast-check";
import type { AnyObject } from "../../../kube/object.ts";
import type { VDISession } from "../../../operator/api/objects.ts";
import type { PersistentVolumeClaim, Pod } from "../../../operator/kinds.ts";
import { toChild } from "../../../operator/resources/fingerprint.ts";
import { desktopName, homeName } from "../../../operator/resources/names.ts";
import { decidesHome } from "../../../operator/session/plan-end.ts";
import { planSession } from "../../../operator/session/plan.ts";
import type { SessionView } from "../../../operator/view/session-view.ts";
import type { Write } from "../../../operator/session/write.ts";
import { ago, home, node, now, session, template, view } from "../status/views.ts";
import { settings } from "./settings.ts";

const context = { settings, now, newPassword: () => "secret-password", turnSecret: "turn-secret" };
const without = { enabled: false, size: "1Gi", reclaim: "Retain" } as const;
const homeVolume = [{ persistentVolumeClaim: { claimName: homeName("alice@example.com") } }];
const fresh = { pod: undefined, home: undefined, service: undefined, route: undefined, networkPolicy: undefined };

function writesOf(changes: Partial<SessionView>): Write[] {
  return planSession(view(changes), context).batches.flat();
}

function told(writes: readonly Write[]): string[] {
  return writes.map((write) => `${write.do} ${write.do === "delete" ? write.key.kind : (write.object.kind ?? "")}`);
}

/** The view as it is once the writes are done, and the cluster has carried them out. */
function after(before: SessionView): SessionView {
  const changes: { -readonly [Key in keyof SessionView]?: SessionView[Key] } = {};
  for (const write of planSession(before, context).batches.flat()) {
    if (write.do === "delete") {
      if (write.key.kind === "Pod") changes.pod = undefined;
      if (write.key.kind === "PersistentVolumeClaim") changes.home = undefined;
      continue;
    }
    const object: AnyObject = write.object;
    if (object.kind === "Pod" && write.do === "create")
      changes.pod = { ...(object as unknown as Pod), status: { phase: "Pending" } };
    if (object.kind === "Pod" && write.do === "merge")
      changes.pod = { ...before.pod, metadata: merged(before.pod?.metadata, object.metadata) } as Pod;
    if (object.kind === "PersistentVolumeClaim") changes.home = object as unknown as PersistentVolumeClaim;
    if (object.kind === "Service") changes.service = toChild(object);
    if (object.kind === "IngressRoute") changes.route = toChild(object);
    if (object.kind === "NetworkPolicy") changes.networkPolicy = toChild(object);
    if (object.kind === "VDISession") {
      const spec = { ...before.session.spec, ...(object["spec"] as object | undefined) };
      changes.session = {
        ...before.session,
        metadata: { ...before.session.metadata, ...object.metadata },
        spec,
      };
    }
  }
  return { ...before, ...changes };
}

function merged(a: Pod["metadata"] | undefined, b: AnyObject["metadata"]) {
  return { ...a, ...b, labels: { ...a?.labels, ...b?.labels }, annotations: { ...a?.annotations, ...b?.annotations } };
}

/** A session that has all that it needs. */
function settled(changes: Partial<SessionView> = {}): SessionView {
  return after(view({ ...fresh, ...changes }));
}

describe("the plan of a session", () => {
  it("makes six objects for a new one: what the pod needs before the pod", () => {
    const { batches } = planSession(view(fresh), context);
    expect(batches.map(told)).to.deep.equal([
      ["apply NetworkPolicy", "create Secret", "create PersistentVolumeClaim"],
      ["create Pod", "apply Service", "apply IngressRoute"],
    ]);
  });

  it("makes no home without persistence, and none again for a user who has one", () => {
    expect(told(writesOf({ ...fresh, session: session({ spec: { persistence: without } }) }))).not.to.include(
      "create PersistentVolumeClaim",
    );
    expect(told(writesOf({ ...fresh, home: home("Bound") }))).not.to.include("create PersistentVolumeClaim");
  });

  it("leaves nothing to do once it is carried out, whatever the session", () => {
    const spec = fc.record({
      desiredState: fc.constantFrom("Running" as const, "Suspended" as const),
      persistence: fc.record({
        enabled: fc.boolean(),
        size: fc.constant("10Gi"),
        reclaim: fc.constantFrom("Retain" as const, "Delete" as const),
      }),
    });
    const of = fc.record({
      stream: fc.constantFrom("WebSocket" as const, "WebRTC" as const),
      access: fc.constantFrom("ForwardAuth" as const, "Password" as const),
      networkMode: fc.constantFrom("Internet" as const, "Cluster" as const, "Isolated" as const),
    });
    fc.assert(
      fc.property(spec, of, fc.boolean(), (spec, of, hasPod) => {
        const start = view({ ...(hasPod ? {} : fresh), session: session({ spec }), template: template(of) });
        const end = after(after(after(start)));
        expect(planSession(end, context).batches).to.deep.equal([]);
      }),
    );
  });

  it("makes a home anew that went before its pod had a node, and none under a pod that runs", () => {
    const running = settled();
    const waiting = { ...running, home: undefined };
    expect(told(planSession(waiting, context).batches.flat())).to.deep.equal(["create PersistentVolumeClaim"]);
    const placed = { ...waiting.pod, spec: { ...waiting.pod?.spec, nodeName: "gpu-1" } } as Pod;
    expect(planSession({ ...waiting, pod: placed }, context).batches).to.deep.equal([]);
  });

  it("makes a lost home only as the template lets homes be, whatever the session asks for by now", () => {
    const waiting = { ...settled(), home: undefined };
    for (const changes of [
      { templateProblem: { reason: "ResourcesExceeded", message: "too large" } as const },
      { template: undefined },
      // No template judges the size of a home that is not asked for.
      { session: session({ spec: { persistence: without } }) },
    ])
      expect(planSession({ ...waiting, ...changes }, context).batches).to.deep.equal([]);
  });

  it("starts nothing without its template, with a wrong one, or while another session of the user has the home", () => {
    expect(writesOf({ ...fresh, template: undefined })).to.deep.equal([]);
    expect(writesOf({ ...fresh, templateProblem: { reason: "TemplateInvalid", message: "no" } })).to.deep.equal([]);
    const taken = [
      { homeHolder: session() },
      { oneTooMany: { session: session() } },
      { oneTooMany: { pod: { metadata: { name: "of-a-session-that-is-gone" } } } },
      { homeRemains: { metadata: { name: "of-a-session-that-is-gone" } } },
    ];
    for (const by of taken) {
      const { batches, recheckMs = 0 } = planSession(view({ ...fresh, ...by }), context);
      expect(told(batches.flat())).to.deep.equal(["apply NetworkPolicy", "apply Service", "apply IngressRoute"]);
      // Whoever is next is woken: those who wait cost nothing.
      expect(recheckMs).to.be.greaterThan(3_600_000);
    }
  });

  it("takes nothing from a running desktop whose template is gone", () => {
    expect(writesOf({ ...settled(), template: undefined })).to.deep.equal([]);
  });

  it("suspends by deleting the Secret and then the pod, and keeps home and address", () => {
    const suspended = settled();
    const { batches } = planSession(
      { ...suspended, session: session({ spec: { desiredState: "Suspended" } }) },
      context,
    );
    expect(batches.map(told)).to.deep.equal([["delete Secret"], ["delete Pod"]]);
  });

  it("ends the pod and its password when access was revoked after its start, and not for a later pod", () => {
    const running = settled();
    const revoked = session({ spec: { access: { revokedBefore: ago(10) } } });
    const pod = (seconds: number) =>
      ({ ...running.pod, metadata: { ...running.pod?.metadata, creationTimestamp: ago(seconds) } }) as Pod;
    const [secret, gone] = planSession({ ...running, session: revoked, pod: pod(60) }, context).batches.flat();
    expect(told([secret!, gone!])).to.deep.equal(["delete Secret", "delete Pod"]);
    expect(gone).to.include({ graceSeconds: 1 });
    expect(planSession({ ...running, session: revoked, pod: pod(5) }, context).batches).to.deep.equal([]);
  });

  it("hurries a pod that is going already when access is revoked, once", () => {
    const running = settled();
    const revoked = session({ spec: { access: { revokedBefore: ago(1) } } });
    const ending = (inSeconds: number) => {
      const metadata = { ...running.pod?.metadata, creationTimestamp: ago(60), deletionTimestamp: ago(-inSeconds) };
      return { ...running, session: revoked, pod: { ...running.pod, metadata } as Pod };
    };
    const writes = planSession(ending(25), context).batches.flat();
    expect(told(writes)).to.deep.equal(["delete Secret", "delete Pod"]);
    expect(writes[1]).to.include({ graceSeconds: 1 });
    expect(planSession(ending(1), context).batches).to.deep.equal([]);
  });

  it("starts nothing that would be revoked at once: not before the moment of the revocation is past", () => {
    const revoked = session({ spec: { access: { revokedBefore: ago(-30) } } });
    const { batches, recheckMs } = planSession(view({ ...fresh, session: revoked }), context);
    expect(told(batches.flat())).not.to.include("create Pod");
    expect(recheckMs).to.equal(33_000);
  });

  it("does not keep the password that a pod left which was away when access was revoked", () => {
    const revokedBefore = ago(10);
    const revoked = session({ spec: { access: { revokedBefore } } });
    const [secret] = writesOf({ ...settled(), session: revoked, pod: undefined });
    expect(secret).to.include({ do: "create", renewWith: "vdi.kasm.io/revoked-before" });
    expect(secret).to.deep.nested.include({
      "object.metadata.annotations": { "vdi.kasm.io/revoked-before": revokedBefore },
    });
    expect(writesOf({ ...settled(), pod: undefined })[0]).not.to.have.property("renewWith");
  });

  it("replaces a pod that ended, later each time, and counts that", () => {
    const ended = (seconds: number, restarts: number) =>
      planSession(
        {
          ...settled(),
          session: session({ status: { restarts } }),
          pod: { metadata: { name: "p", uid: "p-1", creationTimestamp: ago(seconds) }, status: { phase: "Failed" } },
        },
        context,
      );
    expect(told(ended(60, 0).batches.flat())).to.deep.equal(["delete Pod"]);
    expect(ended(60, 0).restarts).to.equal(1);
    expect(ended(1, 0)).to.deep.include({ batches: [], recheckMs: 1000, restarts: 0 });
    expect(ended(60, 6).recheckMs).to.equal(68_000);
  });

  it("puts back what others changed: labels of the pod, content of the other children", () => {
    const running = settled();
    const pod = { ...running.pod, metadata: { ...running.pod?.metadata, labels: {} } } as Pod;
    expect(told(writesOf({ ...running, pod }))).to.deep.equal(["merge Pod"]);
    for (const child of ["service", "route", "networkPolicy"] as const) {
      const changed = { ...running[child]!, fingerprint: "other" };
      expect(writesOf({ ...running, [child]: changed })).to.have.lengthOf(1);
      expect(
        writesOf({ ...running, [child]: { ...changed, metadata: { name: "x", deletionTimestamp: ago(1) } } }),
      ).to.deep.equal([]);
    }
  });

  it("waits for a pod that is going, and takes it out of the API only when its node is gone and it has no home", () => {
    const gone = (seconds: number, hasHome: boolean, { nodes = [node("gpu-1", { isReady: false })], spec = {} } = {}) =>
      planSession(
        view({
          ...settled(),
          session: session({ spec }),
          pod: {
            metadata: { name: "p", uid: "p-1", deletionTimestamp: ago(seconds) },
            spec: { nodeName: "gpu-1", ...(hasHome && { volumes: homeVolume }) },
          },
          nodes,
        }),
        context,
      );
    const deletes = ({ batches }: ReturnType<typeof gone>) => batches.flat().filter((write) => write.do === "delete");
    expect(deletes(gone(10, false))).to.deep.equal([]);
    expect(gone(10, false).recheckMs).to.equal(20_000);
    expect(deletes(gone(31, false))).to.have.lengthOf(1);
    expect(deletes(gone(31, true))).to.deep.equal([]);
    expect(deletes(gone(31, false, { nodes: [node("gpu-1")] }))).to.deep.equal([]);
    // The session says what the next desktop is to have, and its user may change that: the pod says what this one has.
    for (const desiredState of ["Running", "Suspended"] as const)
      expect(deletes(gone(31, true, { spec: { persistence: without, desiredState } })), desiredState).to.deep.equal([]);
  });

  it("deletes a session whose time is over, this very one, as it was judged", () => {
    const old = session();
    Object.assign(old.metadata, { creationTimestamp: ago(9 * 3600), resourceVersion: "7" });
    expect(planSession(view({ session: old }), context).batches.flat()).to.deep.equal([
      {
        do: "delete",
        key: {
          apiVersion: "vdi.kasm.io/v1alpha1",
          kind: "VDISession",
          metadata: { name: "alice", namespace: "kasm-vdi" },
        },
        uid: "u-1",
        resourceVersion: "7",
      },
    ]);
  });

  it("puts the password into the Secret alone", () => {
    const writes = writesOf(fresh);
    const holders = writes.filter((write) => JSON.stringify(write).includes("secret-password"));
    expect(told(holders)).to.deep.equal(["create Secret"]);
  });
});

describe("the plan of a session whose time is over", () => {
  const over = { ...settled(), session: session({ spec: { timeout: "1m" } }) };

  it("deletes it", () => {
    expect(told(planSession(over, context).batches.flat())).to.deep.equal(["delete VDISession"]);
  });

  it("leaves it as it is while the clocks do not agree, and probes again", () => {
    const { batches, recheckMs } = planSession({ ...over, timeDoubt: "the clocks do not agree" }, context);
    expect(batches).to.deep.equal([]);
    expect(recheckMs).to.be.within(1, 30_000);
  });

  it("suspends one that nobody uses, and not while the clocks do not agree", () => {
    const conditions = [
      { type: "Ready", status: "True" as const, reason: "Ready", message: "", lastTransitionTime: ago(7_000) },
    ];
    const idle = session({
      spec: { idle: { after: "30m", action: "Suspend", warnBefore: "5m" } },
      status: { phase: "Running", readyTime: ago(7_000), conditions },
    });
    const unused = {
      ...settled(),
      session: idle,
      activity: { atMs: now.getTime(), sinceMs: 0, connected: false, message: "" },
    };
    expect(told(planSession(unused, context).batches.flat())).to.deep.equal(["merge VDISession"]);
    expect(planSession({ ...unused, timeDoubt: "the clocks do not agree" }, context).batches).to.deep.equal([]);
  });
});

describe("the plan of a deleted session", () => {
  const ending = (reclaim: "Retain" | "Delete", seconds = 5) => {
    const it = session({ spec: { persistence: { enabled: true, size: "1Gi", reclaim } } });
    it.metadata = {
      ...it.metadata,
      deletionTimestamp: ago(seconds),
      finalizers: ["other/one", "vdi.kasm.io/session-cleanup"],
    };
    return it;
  };

  const claim = (changes: object = {}) => ({
    metadata: { name: homeName("alice@example.com"), uid: "c-1", resourceVersion: "7", ...changes },
  });
  const homeAtEnd = { claim: claim(), isShared: false };
  const plan = (changes: Partial<SessionView>) => planSession(view(changes), context).batches;

  it("stops the desktop and takes its way away first, whoever's finalizer keeps the session", () => {
    const others = session();
    others.metadata = { ...others.metadata, deletionTimestamp: ago(5), finalizers: ["other/one", "orphan"] };
    const networkPolicy = toChild({ metadata: { name: "np", uid: "np-1" } });
    for (const it of [others, ending("Retain"), ending("Delete")]) {
      const [first, ...rest] = plan({ session: it, networkPolicy, homeAtEnd });
      expect(told(first!)).to.deep.equal(["delete Pod", "delete IngressRoute", "delete Service", "delete Secret"]);
      expect(first?.[0]).to.include({ uid: "p-1" });
      // What guards the pod stays as long as it.
      expect(rest).to.deep.equal([]);
    }
    const [last] = plan({ ...fresh, session: others, networkPolicy });
    expect(told(last!)).to.deep.equal(["delete NetworkPolicy", "delete Secret"]);
    expect(plan({ ...fresh, session: others })).to.deep.equal([]);
  });

  it("deletes the home that goes with it as it was judged, and lets go once that is under way", () => {
    const it = { ...fresh, session: ending("Delete") };
    const [removal, ...rest] = plan({ ...it, homeAtEnd });
    expect(removal).to.have.length(1);
    expect(removal?.[0]).to.deep.nested.include({ "key.metadata.name": homeName("alice@example.com") });
    expect(removal?.[0]).to.include({ uid: "c-1", resourceVersion: "7" });
    expect(rest).to.deep.equal([]);
    const going = { claim: claim({ deletionTimestamp: ago(1) }), isShared: false };
    for (const under of [going, { claim: undefined, isShared: false }]) {
      const [release] = plan({ ...it, homeAtEnd: under });
      expect(release?.[0]).to.deep.nested.include({ "object.metadata.finalizers": ["other/one"] });
    }
  });

  it("waits until the home's end was judged by what the API server has", () => {
    const { batches, recheckMs } = planSession(view({ ...fresh, session: ending("Delete") }), context);
    expect(batches).to.deep.equal([]);
    expect(recheckMs).to.be.within(1, 1_000);
    expect(decidesHome(view({ ...fresh, session: ending("Delete") }))).to.equal(true);
    // Not while the desktop is to be stopped first, nor for a home that stays.
    expect(decidesHome(view({ session: ending("Delete") }))).to.equal(false);
    expect(decidesHome(view({ ...fresh, session: ending("Retain") }))).to.equal(false);
  });

  it("ends after five minutes, whatever cannot be read or deleted", () => {
    const late = { session: ending("Delete", 301) };
    expect(plan({ ...fresh, ...late }).map(told)).to.deep.equal([["merge VDISession"]]);
    expect(told(plan({ ...late, homeAtEnd }).flat())).to.include.members([
      ...["delete Pod", "delete PersistentVolumeClaim", "merge VDISession"],
    ]);
  });

  it("keeps a home that another session of the user wants, by cache or API server, and one that is to be kept", () => {
    const kept = [
      { session: ending("Delete"), homeIsShared: true, homeAtEnd },
      { session: ending("Delete"), homeAtEnd: { claim: claim(), isShared: true } },
      { session: ending("Retain") },
    ];
    for (const it of kept) expect(told(plan({ ...fresh, ...it }).flat())).to.deep.equal(["merge VDISession"]);
  });

  it("makes nothing any more", () => {
    const deleted = session();
    deleted.metadata.deletionTimestamp = ago(1);
    expect(planSession(view({ ...fresh, session: deleted }), context).batches).to.deep.equal([]);
  });
});

describe("TURN credentials of a running desktop", () => {
  const streaming = () => settled({ template: template({ stream: "WebRTC" }) });

  it("are renewed six hours before their end: the Secret first, then the note on the pod", () => {
    const running = streaming();
    const later = new Date(now.getTime() + 7 * 3_600_000);
    const { batches } = planSession(running, { ...context, now: later });
    expect(batches.map(told)).to.deep.equal([["merge Secret"], ["merge Pod"]]);
  });

  it("are left alone before, and looked at again in time", () => {
    const { batches, recheckMs } = planSession(streaming(), context);
    expect(batches).to.deep.equal([]);
    expect(recheckMs).to.be.within(1, 6 * 3_600_000);
  });
});

it("every child of a session has its one name, but the pod that mounts a home: it has the home's", () => {
  const names = (of: VDISession, isPod: boolean) =>
    writesOf({ ...fresh, session: of }).flatMap((write) =>
      write.do === "delete" || write.object.kind === "PersistentVolumeClaim" || (write.object.kind === "Pod") !== isPod
        ? []
        : [write.object.metadata?.name],
    );
  const without = session({ spec: { persistence: { enabled: false, size: "1Gi", reclaim: "Retain" } } });
  expect(names(session(), true)).to.deep.equal([homeName(session().spec.user)]);
  expect(names(without, true)).to.deep.equal([desktopName(without)]);
  expect(new Set(names(session(), false))).to.deep.equal(new Set([desktopName(session())]));
});
