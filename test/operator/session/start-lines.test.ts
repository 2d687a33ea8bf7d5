import { expect } from "chai";
import fc from "fast-check";
import type { ChangeHandlers } from "../../../kube/informer.ts";
import type { KubeObject } from "../../../kube/object.ts";
import { Store } from "../../../kube/store.ts";
import type { Indexer } from "../../../kube/store.ts";
import type { VDISession } from "../../../operator/api/objects.ts";
import type { Caches } from "../../../operator/caches.ts";
import type { Pod } from "../../../operator/kinds.ts";
import { controllerReference } from "../../../operator/resources/metadata.ts";
import { belongsTo, poolLabels, sessionLabels } from "../../../operator/resources/labels.ts";
import { homeName, sessionId } from "../../../operator/resources/names.ts";
import { controllerUid } from "../../../operator/resources/keys.ts";
import { StartLines } from "../../../operator/session/start-lines.ts";
import { pool } from "../pool/pools.ts";
import { ago, session } from "../status/views.ts";

/** An informer that is told what there is. */
class Cache<T extends KubeObject> {
  readonly store: Store<T>;
  readonly #handlers: ChangeHandlers<T>[] = [];

  constructor(indexers: Record<string, Indexer<T>> = {}) {
    this.store = new Store(indexers);
  }
  on(handlers: ChangeHandlers<T>) {
    return this.#handlers.push(handlers);
  }
  put(object: T): void {
    const [change] = this.store.put(object);
    for (const it of this.#handlers)
      if (change?.type === "update") it.update?.(object, change.before);
      else it.add?.(object);
  }
  remove(object: T): void {
    this.store.remove(object);
    for (const it of this.#handlers) it.delete?.(object, false);
  }
}

type Changes = Parameters<typeof session>[0];

function setUp(maxPerUser?: number) {
  const sessions = new Cache<VDISession>({ id: (it) => [sessionId(it)] });
  const pods = new Cache<Pod>({
    owner: (pod) => [controllerUid(pod) ?? ""],
    whose: (pod) => [belongsTo(pod) ?? ""],
  });
  const woken: string[] = [];
  const lines = new StartLines({
    caches: { sessions, pods } as unknown as Caches,
    maxPerUser,
    wake: (key) => woken.push(key.replace("kasm-vdi/", "")),
  });
  /** The oldest is `a`. */
  const put = (name: string, changes: Changes = {}) => {
    const it = session(changes);
    const creationTimestamp = ago(1_000 - name.charCodeAt(0));
    sessions.put({ ...it, metadata: { ...it.metadata, name, uid: name, creationTimestamp } });
    return sessions.store.get(`kasm-vdi/${name}`)!;
  };
  const podFor = (of: VDISession): Pod => ({
    metadata: {
      ...{ name: `pod-${of.metadata.name}`, namespace: "kasm-vdi", uid: `pod-${of.metadata.name}` },
      ownerReferences: [controllerReference("VDISession", of)],
      labels: sessionLabels(of),
    },
    ...(of.spec.persistence.enabled && {
      spec: { volumes: [{ persistentVolumeClaim: { claimName: homeName(of.spec.user) } }] },
    }),
  });
  const holder = (of: VDISession) => lines.homeHolder(of)?.metadata.name;
  const before = (of: VDISession) => {
    const ahead = lines.oneTooMany(of);
    return ahead && (ahead.session ?? ahead.pod).metadata.name;
  };
  return { sessions, pods, lines, woken, put, podFor, holder, before };
}

const stalledFor = (reason: string, cause = reason) => ({
  conditions: [
    { type: "Stalled", status: "True" as const, reason, message: "", lastTransitionTime: ago(1) },
    { type: "Ready", status: "False" as const, reason: cause, message: "", lastTransitionTime: ago(1) },
  ],
});

const without = { enabled: false, size: "1Gi", reclaim: "Retain" } as const;

describe("who has a user's home", () => {
  it("is whoever has a pod, however young the session", () => {
    const { put, pods, podFor, holder } = setUp();
    const [old, young] = [put("a"), put("b")];
    pods.put(podFor(young));
    expect(holder(old)).to.equal("b");
    expect(holder(young)).to.equal(undefined);
  });

  it("is the oldest of those without a pod, and each waits for the one before it", () => {
    const { put, holder } = setUp();
    expect([put("b"), put("a"), put("c")].map(holder)).to.deep.equal(["a", undefined, "b"]);
  });

  it("is nobody who is suspended, deleted, stalled, or wants no home", () => {
    const { put, sessions, holder } = setUp();
    put("a", { spec: { desiredState: "Suspended" } });
    put("b", { status: stalledFor("TemplateMissing") });
    put("c", { spec: { persistence: without } });
    const ending = put("d");
    sessions.put({ ...ending, metadata: { ...ending.metadata, deletionTimestamp: ago(1) } });
    expect(holder(put("e"))).to.equal(undefined);
  });

  it("stays whose pod is being made", () => {
    const { put, lines, holder } = setUp();
    const [old, young] = [put("a", { status: stalledFor("TemplateMissing") }), put("b")];
    lines.setStarting(young, true);
    expect(holder(old)).to.equal("b");
    lines.setStarting(young, false);
    expect(holder(old)).to.equal(undefined);
  });

  it("is whoever's pod has it mounted, whatever its session says by now", () => {
    const { put, pods, podFor, holder, woken } = setUp();
    const [first, second] = [put("a"), put("b")];
    pods.put(podFor(first));
    woken.length = 0;
    put("a", { spec: { persistence: without } });
    expect(holder(second)).to.equal("a");
    put("a", { spec: { persistence: without, desiredState: "Suspended" } });
    expect(holder(second)).to.equal("a");
    expect(woken).to.deep.equal([]);
    pods.remove(podFor(first));
    expect(holder(second)).to.equal(undefined);
    expect(woken).to.include("b");
  });

  it("is nobody whose pod is without it, whatever its session says by now", () => {
    const { put, pods, podFor, holder } = setUp();
    pods.put(podFor(put("a", { spec: { persistence: without } })));
    const other = put("b");
    put("a");
    expect(holder(other)).to.equal(undefined);
  });

  it("keeps who waits for it in line, however long the wait", () => {
    const { put, sessions, pods, podFor, woken } = setUp();
    const gone = put("a");
    pods.put(podFor(gone));
    sessions.remove(gone);
    put("b", { status: stalledFor("ProgressDeadlineExceeded", "TerminatingStuck") });
    woken.length = 0;
    pods.remove(podFor(gone));
    expect(woken).to.include("b");
  });

  it("is another one when it ends: the next in line is woken, and only that one", () => {
    const { put, sessions, pods, podFor, woken } = setUp();
    const [first] = ["a", "b", "c", "d"].map((name) => put(name));
    pods.put(podFor(first!));
    woken.length = 0;
    sessions.remove(first!);
    pods.remove(podFor(first!));
    expect(new Set(woken)).to.deep.equal(new Set(["b"]));
  });
});

describe("how many desktops a user has", () => {
  const others = { spec: { persistence: without } };

  it("is as many as may be: the oldest have them, each of the others waits for the one before it", () => {
    const { put, before } = setUp(2);
    const ahead = ["a", "b", "c", "d"].map((name) => put(name, others)).map(before);
    expect(ahead).to.deep.equal([undefined, undefined, "b", "c"]);
  });

  it("wakes the next when one is suspended", () => {
    const { put, pods, podFor, before, woken } = setUp(1);
    const [first, second] = [put("a", others), put("b", others)];
    pods.put(podFor(first));
    woken.length = 0;
    put("a", { spec: { ...others.spec, desiredState: "Suspended" } });
    expect(before(second)).to.equal("a");
    pods.remove(podFor(first));
    expect(before(second)).to.equal(undefined);
    expect(woken).to.include("b");
  });

  it("does not make those who are refused by all else wake each other for ever", () => {
    const { put, lines, woken } = setUp(3);
    const all = ["a", "b", "c"].map((name) => put(name, others));
    for (let at = 0; at < 20; at++) {
      woken.length = 0;
      for (const it of all) {
        lines.setStarting(it, true);
        lines.setStarting(it, false);
      }
      expect(new Set(woken)).to.deep.equal(new Set(["a"]));
    }
  });

  it("wakes whoever was told to wait for one that could not start after all, and was not in line", () => {
    const { put, lines, before, woken } = setUp(2);
    const [stalled] = [put("c", { ...others, status: stalledFor("ResourcesExceeded") }), put("a", others)];
    const last = put("d", others);
    lines.setStarting(stalled, true);
    expect(before(last)).to.equal("a");
    woken.length = 0;
    lines.setStarting(stalled, false);
    expect(before(last)).to.equal(undefined);
    expect(woken).to.include("d");
  });

  it("is without bound when no limit is set, and each user has a number of their own", () => {
    const { put, lines } = setUp();
    for (const name of ["a", "b", "c"]) expect(lines.oneTooMany(put(name, others))).to.equal(undefined);
    const limited = setUp(1);
    limited.put("a", others);
    const bob = limited.put("b", { spec: { ...others.spec, user: "bob@example.com" } });
    expect(limited.lines.oneTooMany(bob)).to.equal(undefined);
  });
});

describe("a desktop whose session is gone", () => {
  const others = { spec: { persistence: without } };

  it("counts until its pod has ended: whoever waits for it is told of it, and woken then", () => {
    const { put, sessions, pods, podFor, before, woken } = setUp(1);
    const [first, second] = [put("a", others), put("b", others)];
    pods.put(podFor(first));
    sessions.remove(first);
    expect(before(second)).to.equal("pod-a");
    expect(woken).to.include("b");
    const { metadata } = podFor(first);
    const ending = { ...podFor(first), metadata: { ...metadata, deletionTimestamp: ago(-30), resourceVersion: "2" } };
    pods.put(ending);
    expect(before(second)).to.equal("pod-a");
    woken.length = 0;
    pods.remove(ending);
    expect(before(second)).to.equal(undefined);
    expect(woken).to.include("b");
  });

  it("counts however fast sessions are made and deleted", () => {
    const { put, sessions, pods, podFor, before } = setUp(2);
    const started: string[] = [];
    for (const name of "abcdefgh") {
      const it = put(name, others);
      if (before(it) !== undefined) continue;
      started.push(name);
      pods.put(podFor(it));
      sessions.remove(it);
    }
    expect(started).to.deep.equal(["a", "b"]);
  });

  it("counts while its pod is only being made, which the session's end does not stop", async () => {
    for (const isMade of [true, false]) {
      const { put, sessions, pods, podFor, lines, before, woken } = setUp(1);
      const [first, second] = [put("a", others), put("b", others)];
      await lines.during(first, () => {
        lines.setStarting(first, true);
        sessions.remove(first);
        expect(before(second)).to.equal("a");
        if (isMade) pods.put(podFor(first));
        expect(before(second)).to.equal("a");
        woken.length = 0;
        return Promise.resolve();
      });
      expect(before(second)).to.equal(isMade ? "pod-a" : undefined);
      expect(woken).to.include("b");
    }
  });

  it("no longer counts when nobody knows whether its pod was made, and no work goes on that could tell", () => {
    const { put, sessions, lines, before, woken } = setUp(1);
    const [first, second] = [put("a", others), put("b", others)];
    lines.setStarting(first, true);
    woken.length = 0;
    sessions.remove(first);
    expect(before(second)).to.equal(undefined);
    expect(woken).to.include("b");
  });

  it("counts also where an operator that has just started knows the pod alone, and once when it hears of the session", () => {
    const { put, sessions, pods, podFor, before } = setUp(2);
    const [first, second, third] = [put("a", others), put("b", others), put("c", others)];
    for (const it of [first, second]) sessions.remove(it);
    pods.put(podFor(first));
    expect(before(third)).to.equal(undefined);
    put("a", others);
    expect(before(third)).to.equal(undefined);
    pods.put(podFor(second));
    expect(before(third)).to.equal("pod-b");
  });

  it("does not count against the user while it waits in a pool, nor against another user", () => {
    const { put, sessions, pods, podFor, before } = setUp(1);
    const bob = put("b", { spec: { ...others.spec, user: "bob@example.com" } });
    pods.put({ ...podFor(bob), metadata: { name: "office-1", uid: "office-1", labels: poolLabels(pool()) } });
    pods.put(podFor(bob));
    sessions.remove(bob);
    expect(before(put("a", others))).to.equal(undefined);
  });

  it("does not keep a session from taking back its own pod, that somebody took the owner from", () => {
    const { put, pods, podFor, before } = setUp(1);
    const [first, second] = [put("a", others), put("b", others)];
    const { ownerReferences, ...metadata } = podFor(second).metadata;
    expect(ownerReferences).to.have.lengthOf(1);
    pods.put({ ...podFor(second), metadata });
    expect(before(second)).to.equal(undefined);
    expect(before(first)).to.equal("b");
  });
});

describe("any course of a user's sessions", () => {
  type Step = { name: string; act: "run" | "suspend" | "stall" | "delete" | "pod" | "unpod" | "start" | "stop" };
  const steps: fc.Arbitrary<Step[]> = fc.array(
    fc.record({
      name: fc.constantFrom("a", "b", "c", "d"),
      act: fc.constantFrom("run", "suspend", "stall", "delete", "pod", "unpod", "start", "stop"),
    }),
    { minLength: 1, maxLength: 40 },
  );

  interface Course {
    readonly all: () => VDISession[];
    readonly find: (name: string) => VDISession | undefined;
    readonly wants: (it: VDISession) => boolean;
    /** Names of those whose pod is being made. */
    readonly starting: ReadonlySet<string>;
    /** Names of those that have a pod; of sessions that are gone, too. */
    readonly withPod: () => Set<string>;
  }

  interface Look {
    /** Of the session that the step changes. */
    readonly name: string;
    readonly capacity: number;
    readonly active: () => ReadonlySet<string>;
    readonly ahead: (it: VDISession) => string | undefined;
    readonly woken: string[];
  }

  /** Goes a course, and has each of its steps checked. */
  function go(
    { sessions, pods, lines, woken, put, podFor }: ReturnType<typeof setUp>,
    course: Step[],
    check: (world: Course, step: () => void, name: string) => void,
  ): void {
    const made = new Map<string, VDISession>();
    const starting = new Set<string>();
    const world: Course = {
      all: () => [...sessions.store.values()].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1)),
      find: (name) => sessions.store.get(`kasm-vdi/${name}`),
      starting,
      withPod: () => new Set([...pods.store.values()].map(({ metadata }) => metadata.name.replace("pod-", ""))),
      wants: ({ spec, status }) => spec.desiredState === "Running" && !status?.conditions,
    };
    for (const { name, act } of course) {
      const last = world.find(name) ?? made.get(name);
      const step = () => {
        woken.length = 0;
        if (act === "run") made.set(name, put(name));
        else if (act === "suspend") made.set(name, put(name, { spec: { desiredState: "Suspended" } }));
        else if (act === "stall") made.set(name, put(name, { status: stalledFor("TemplateMissing") }));
        else if (!last) return;
        else if (act === "delete") (sessions.remove(last), starting.delete(name));
        else if (act === "pod") pods.put(podFor(last));
        else if (act === "unpod") pods.remove(podFor(last));
        else if (!world.find(name)) return;
        else if (act === "start") (lines.setStarting(last, true), starting.add(name));
        else (lines.setStarting(last, false), starting.delete(name));
      };
      check(world, step, name);
    }
  }

  /** Goes one step, and checks who has to wait then, and who was woken. */
  function checkStep(world: Course, step: () => void, { name, capacity, active, ahead, woken }: Look): void {
    const isActive = (it: VDISession) => active().has(it.metadata.name);
    const free = () =>
      world.all().flatMap((it) => (!isActive(it) && world.wants(it) && !ahead(it) ? [it.metadata.name] : []));
    const before = free();
    step();
    for (const it of world.all()) {
      const older = world.all().filter((other) => other.metadata.name < it.metadata.name && world.wants(other));
      const waits = !isActive(it) && active().size + older.filter((other) => !isActive(other)).length >= capacity;
      expect(ahead(it) !== undefined, it.metadata.name).to.equal(waits);
    }
    const freed = free();
    expect(freed.length).to.be.at.most(Math.max(0, capacity - active().size));
    // Its own change makes it be looked at anyway, and whoever fails to start comes back by itself.
    for (const it of freed) if (!before.includes(it) && it !== name) expect(woken).to.include(it);
  }

  it("gives the home to one at a time, and wakes whoever may have it, but few", () => {
    fc.assert(
      fc.property(steps, (course) => {
        const at = setUp();
        go(at, course, (world, step, name) => {
          // What a session that is gone has left keeps the home otherwise (homeRemains).
          const active = () => new Set([...world.starting, ...[...world.withPod()].filter((it) => world.find(it))]);
          checkStep(world, step, { name, capacity: 1, active, ahead: at.holder, woken: at.woken });
          expect(new Set(at.woken).size).to.be.at.most(2);
        });
      }),
    );
  });

  it("lets a user have so many desktops, those of sessions that are gone among them, and wakes whoever may have one", () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 3 }), (course, capacity) => {
        const at = setUp(capacity);
        go(at, course, (world, step, name) => {
          const active = () => new Set([...world.starting, ...world.withPod()]);
          checkStep(world, step, { name, capacity, active, ahead: at.before, woken: at.woken });
        });
      }),
    );
  });

  it("costs no more with thousands of them than with a few, as who waits is not looked at", () => {
    const { put, pods, podFor, sessions, woken } = setUp();
    const names = Array.from({ length: 2_000 }, (_, at) => String.fromCharCode(256 + at));
    const [first] = names.map((name) => put(name));
    pods.put(podFor(first!));
    woken.length = 0;
    pods.put({ ...podFor(first!), status: { phase: "Running" } });
    pods.remove(podFor(first!));
    sessions.remove(first!);
    expect(woken.length).to.be.at.most(6);
  });
});
