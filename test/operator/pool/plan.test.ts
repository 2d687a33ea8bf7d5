import { expect } from "chai";
import fc from "fast-check";
import type { AnyObject } from "../../../kube/object.ts";
import type { Pod } from "../../../operator/kinds.ts";
import { burst, planPool } from "../../../operator/pool/plan.ts";
import { poolPods, warmPodHash } from "../../../operator/pool/pool-pods.ts";
import type { PoolView } from "../../../operator/pool/view.ts";
import { toChild } from "../../../operator/resources/fingerprint.ts";
import { labels } from "../../../operator/resources/labels.ts";
import type { Write } from "../../../operator/session/write.ts";
import { settings } from "../session/settings.ts";
import { ago, now, template } from "../status/views.ts";
import { pool, poolView, warm } from "./pools.ts";
import type { State } from "./pools.ts";

let suffixes = 0;
const context = {
  ...{ settings, now, newPassword: () => "secret-password", turnSecret: "turn-secret" },
  newSuffix: () => `new${++suffixes}`,
};

function writesOf(changes: Partial<PoolView>): Write[] {
  return planPool(poolView(changes), context).batches.flat();
}

function told(writes: readonly Write[]): string[] {
  return writes.map((write) =>
    write.do === "delete" ? `delete ${write.key.metadata.name}` : `${write.do} ${write.object.kind ?? ""}`,
  );
}

const removed = (changes: Partial<PoolView>) =>
  writesOf(changes).flatMap((it) => (it.do === "delete" ? [it.key.metadata.name] : []));
const created = (changes: Partial<PoolView>) => writesOf(changes).filter((it) => it.do === "create").length;

/** The view as it is once the writes are done: new pods start, and their Secrets are not there yet. */
function after(view: PoolView): PoolView {
  const pods = new Map(view.pods.map((pod) => [pod.metadata.name, pod]));
  const withoutSecret = new Set(view.withoutSecret);
  let { networkPolicy } = view;
  for (const write of planPool(view, context).batches.flat()) {
    if (write.do === "delete") pods.delete(write.key.metadata.name);
    else if (write.object.kind === "NetworkPolicy") networkPolicy = toChild(write.object);
    else if (write.do === "create") {
      const { metadata = {} } = write.object;
      const { name = "" } = metadata;
      if (write.object.kind === "Secret") withoutSecret.delete(metadata.ownerReferences?.[0]?.uid ?? "");
      else {
        const uid = `uid-${name}`;
        pods.set(name, {
          ...(write.object as unknown as Pod),
          metadata: { ...metadata, name, uid, creationTimestamp: ago(0) },
        });
        withoutSecret.add(uid);
      }
    }
  }
  return { ...view, pods: [...pods.values()], withoutSecret, networkPolicy };
}

/** Carried out until nothing is left to do. */
function settled(view: PoolView): PoolView {
  let it = view;
  for (let rounds = 0; planPool(it, context).batches.length > 0; rounds++) {
    expect(rounds, "rounds until nothing is left to do").to.be.lessThan(60);
    it = after(it);
  }
  return it;
}

/** Pods that start become ready. */
function started(view: PoolView): PoolView {
  const ready = warm("ready").status;
  return { ...view, pods: view.pods.map((pod) => (pod.status?.phase === "Failed" ? pod : { ...pod, status: ready! })) };
}

const readyOf = ({ pods }: PoolView) =>
  pods.filter(({ status }) => status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True"));
const currentOf = (view: PoolView) => poolPods(view.pods, warmPodHash(template(), settings));

describe("the plan of a pool", () => {
  it("makes the policy before the pods, and each pod's Secret after it, owned by it", () => {
    const first = poolView({ networkPolicy: undefined });
    expect(told(planPool(first, context).batches.flat())).to.deep.equal([
      "apply NetworkPolicy",
      "create Pod",
      "create Pod",
    ]);
    const second = after(first);
    const secrets = planPool(second, context).batches.flat();
    expect(told(secrets)).to.deep.equal(["create Secret", "create Secret"]);
    for (const write of secrets) {
      const { metadata } = (write as { object: AnyObject }).object;
      const pod = second.pods.find((it) => it.metadata.name === metadata?.name);
      expect(metadata?.ownerReferences).to.deep.equal([
        { apiVersion: "v1", kind: "Pod", name: pod?.metadata.name, uid: pod?.metadata.uid },
      ]);
    }
    expect(planPool(after(second), context).batches).to.deep.equal([]);
  });

  it("makes pods of nobody: no session, no user, no password in them", () => {
    const [pod] = writesOf({ pool: pool({ replicas: 1 }) });
    const { metadata } = (pod as { object: AnyObject }).object;
    expect(metadata?.ownerReferences?.[0]).to.include({ kind: "VDIPool", controller: true });
    expect(metadata?.labels).to.have.all.keys(labels.managedBy, labels.name, labels.template, labels.pool);
    expect(JSON.stringify(pod)).not.to.contain("secret-password");
  });

  it("makes at most a burst at a time", () => {
    expect(created({ pool: pool({ replicas: 50 }) })).to.equal(burst);
    expect(settled(poolView({ pool: pool({ replicas: 50 }) })).pods).to.have.lengthOf(50);
  });

  it("takes away those that start before those that are ready, the newest first, and only as they were judged", () => {
    const pods = [
      warm("ready", { name: "old", age: 90 }),
      warm("ready", { name: "young", age: 30 }),
      warm("starting", { name: "first", age: 20 }),
      warm("starting", { name: "last", age: 10 }),
    ];
    const down = (replicas: number) => removed({ pool: pool({ replicas }), pods });
    expect(down(3)).to.deep.equal(["last"]);
    expect(down(1)).to.deep.equal(["last", "first", "young"]);
    expect(down(0)).to.deep.equal(["last", "first", "young", "old"]);
    expect(writesOf({ pool: pool({ replicas: 3 }), pods })[0]).to.include({ uid: "uid-last", resourceVersion: "7" });
  });

  it("makes nothing without a template, from one that is wrong, and just after a refusal", () => {
    for (const changes of [{ template: undefined }, { templateFault: "no" }, { holdsBack: true }])
      expect(writesOf(changes), JSON.stringify(changes)).to.deep.equal([]);
    expect(removed({ template: undefined, pods: [warm(), warm(), warm()] })).to.have.lengthOf(1);
  });

  it("makes one at a time of what was refused, until it passes", () => {
    const refusals = [{ kind: "Pod" as const, why: "Quota" as const, message: "exceeded quota" }];
    expect(created({ pool: pool({ replicas: 9 }), refusals })).to.equal(1);
  });

  it("makes no more while one finds no node: people's own sessions wait for one as well", () => {
    expect(writesOf({ pool: pool({ replicas: 9 }), pods: [warm("unplaced")] })).to.deep.equal([]);
  });

  it("makes none while many are being taken: those who come have the cluster to themselves", () => {
    const takenMs = [900, 800, 700, 300, 200, 100].map((msAgo) => now.getTime() - msAgo);
    expect(created({ takenMs })).to.equal(0);
    expect(planPool(poolView({ takenMs }), context).recheckMs).to.equal(100);
    expect(created({ takenMs: takenMs.slice(1) }), "five in a second are not many").to.equal(2);
    const aSecondOld = takenMs.map((ms) => ms - 100);
    expect(created({ takenMs: aSecondOld }), "the first of the six was a second ago").to.equal(2);
  });

  it("waits twice as long after each pod that failed young, and remembers by the pods themselves", () => {
    const waits = [1, 2, 3].map((failures) => {
      const pods = Array.from({ length: failures }, () => warm("failed", { age: 1 }));
      expect(writesOf({ pods })).to.deep.equal([]);
      return planPool(poolView({ pods }), context).recheckMs;
    });
    expect(waits).to.deep.equal([1000, 3000, 7000]);
  });

  it("replaces one that failed after a long life at once", () => {
    const old = warm("failed", { age: 3600, name: "old" });
    const writes = told(writesOf({ pods: [old, warm()] }));
    expect(writes).to.deep.equal(["delete old", "create Pod"]);
  });

  it("renews the TURN credentials of desktops that wait for long", () => {
    const webRtc = template({ stream: "WebRTC" });
    const view = poolView({ template: webRtc, pool: pool({ replicas: 1 }) });
    const first = settled(view);
    const later = { ...context, now: new Date(now.getTime() + 7 * 3_600_000) };
    const writes = planPool(started(first), later).batches.flat();
    expect(told(writes)).to.deep.equal(["merge Secret", "merge Pod"]);
  });
});

describe("a pool whose template was edited", () => {
  const outdated = (state: State = "ready") => warm(state, { hash: "before", age: 300 });

  it("makes one more than wanted, and takes an old one away for each new one that is ready", () => {
    const pods = [outdated(), outdated()];
    expect(told(writesOf({ pods }))).to.deep.equal(["create Pod"]);
    expect(writesOf({ pods: [...pods, warm("starting")] })).to.deep.equal([]);
    const [old, next] = told(writesOf({ pods: [...pods, warm()] }));
    expect([old, next]).to.deep.equal([`delete ${pods[0]?.metadata.name ?? ""}`, "create Pod"]);
    expect(told(writesOf({ pods: [...pods.slice(1), warm(), warm()] }))).to.deep.equal([
      `delete ${pods[1]?.metadata.name ?? ""}`,
    ]);
  });

  it("takes away at once what was not ready yet", () => {
    expect(told(writesOf({ pods: [outdated("starting"), outdated("starting")] }))).to.have.lengthOf(4);
  });

  it("makes room where there is none for one more, once", () => {
    const pods = [outdated(), outdated(), warm("unplaced")];
    expect(removed({ pods })).to.have.lengthOf(1);
    expect(removed({ pods: [outdated(), warm("ending"), warm("unplaced")] })).to.have.lengthOf(0);
    const refusals = [{ kind: "Pod", why: "Quota", message: "exceeded quota: desktops" }] as const;
    expect(removed({ pods: [outdated(), outdated()], refusals })).to.have.lengthOf(1);
    expect(removed({ pods: [outdated(), outdated()], refusals, holdsBack: true })).to.have.lengthOf(0);
    expect(removed({ pods: [outdated(), outdated(), warm("ending")], refusals })).to.have.lengthOf(0);
  });

  it("never has fewer ready than wanted on the way, and ends with new ones only", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 0, max: 6 }),
        fc.nat(3),
        (replicas, old, starting) => {
          const pods = [
            ...Array.from({ length: old }, () => outdated()),
            ...Array.from({ length: starting }, () => warm("starting")),
          ];
          let view = poolView({ pool: pool({ replicas }), pods });
          for (let step = 0; step < 40; step++) {
            const before = Math.min(replicas, readyOf(view).length);
            view = settled(view);
            expect(readyOf(view).length, "ready").to.be.at.least(before);
            expect(view.pods.length, "all").to.be.at.most(Math.max(replicas + 1, old + starting));
            view = started(view);
          }
          view = settled(view);
          const { ready, outdated: left } = currentOf(view);
          expect([ready.length, left.length]).to.deep.equal([replicas, 0]);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe("any pool", () => {
  const state = fc.constantFrom<State>("ready", "starting", "unplaced", "failed", "ending");
  const anyPod = fc
    .record({ state, age: fc.nat(2000), current: fc.boolean() })
    .map(({ state, age, current }) => warm(state, { age, ...(!current && { hash: "before" }) }));

  it("has nothing left to do once its plans are carried out, and never more than it asks for and one", () => {
    fc.assert(
      fc.property(fc.array(anyPod, { maxLength: 8 }), fc.nat(12), fc.boolean(), (pods, replicas, hasTemplate) => {
        const view = poolView({ pool: pool({ replicas }), pods, ...(!hasTemplate && { template: undefined }) });
        const end = settled(view);
        const { ready, starting, outdated } = hasTemplate ? currentOf(end) : poolPods(end.pods, undefined);
        expect(ready.length + starting.length).to.be.at.most(replicas);
        expect(ready.length + starting.length + outdated.length).to.be.at.most(Math.max(replicas + 1, pods.length));
      }),
    );
  });
});
