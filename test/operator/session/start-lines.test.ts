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
import { homeName } from "../../../operator/resources/names.ts";
import { controllerUid } from "../../../operator/resources/keys.ts";
import { StartLines } from "../../../operator/session/start-lines.ts";
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
  const sessions = new Cache<VDISession>();
  const pods = new Cache<Pod>({ owner: (pod) => [controllerUid(pod) ?? ""] });
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
    },
    spec: { volumes: [{ persistentVolumeClaim: { claimName: homeName(of.spec.user) } }] },
  });
  const holder = (of: VDISession) => lines.homeHolder(of)?.metadata.name;
  return { sessions, pods, lines, woken, put, podFor, holder };
}

const stalledFor = (reason: string) => ({
  conditions: [{ type: "Stalled", status: "True" as const, reason, message: "", lastTransitionTime: ago(1) }],
});

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
    put("c", { spec: { persistence: { enabled: false, size: "1Gi", reclaim: "Retain" } } });
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
  const others = { spec: { persistence: { enabled: false, size: "1Gi", reclaim: "Retain" as const } } };

  it("is as many as may be: the oldest have them, each of the others waits for the one before it", () => {
    const { put, lines } = setUp(2);
    const ahead = ["a", "b", "c", "d"]
      .map((name) => put(name, others))
      .map((it) => lines.oneTooMany(it)?.metadata.name);
    expect(ahead).to.deep.equal([undefined, undefined, "b", "c"]);
  });

  it("wakes the next when one is suspended", () => {
    const { put, pods, podFor, lines, woken } = setUp(1);
    const [first, second] = [put("a", others), put("b", others)];
    pods.put(podFor(first));
    woken.length = 0;
    put("a", { spec: { ...others.spec, desiredState: "Suspended" } });
    expect(lines.oneTooMany(second)?.metadata.name).to.equal("a");
    pods.remove(podFor(first));
    expect(lines.oneTooMany(second)).to.equal(undefined);
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

  it("is without bound when no limit is set, and each user has a number of their own", () => {
    const { put, lines } = setUp();
    for (const name of ["a", "b", "c"]) expect(lines.oneTooMany(put(name, others))).to.equal(undefined);
    const limited = setUp(1);
    limited.put("a", others);
    const bob = limited.put("b", { spec: { ...others.spec, user: "bob@example.com" } });
    expect(limited.lines.oneTooMany(bob)).to.equal(undefined);
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

  it("gives the home to one at a time, and wakes whoever may have it, but few", () => {
    fc.assert(
      fc.property(steps, (course) => {
        const { sessions, pods, lines, woken, put, podFor, holder } = setUp();
        const starting = new Set<string>();
        const all = () => [...sessions.store.values()].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
        const hasPod = (it: VDISession) =>
          starting.has(it.metadata.name) || pods.store.by("owner", it.metadata.name).length > 0;
        const wants = ({ spec, status }: VDISession) => spec.desiredState === "Running" && !status?.conditions;
        const free = () => all().filter((it) => !hasPod(it) && wants(it) && holder(it) === undefined);
        for (const { name, act } of course) {
          const before = free().map((it) => it.metadata.name);
          woken.length = 0;
          const known = sessions.store.get(`kasm-vdi/${name}`);
          if (act === "run") put(name);
          else if (act === "suspend") put(name, { spec: { desiredState: "Suspended" } });
          else if (act === "stall") put(name, { status: stalledFor("TemplateMissing") });
          else if (!known) continue;
          else if (act === "delete") (sessions.remove(known), starting.delete(name));
          else if (act === "pod") pods.put(podFor(known));
          else if (act === "unpod") pods.remove(podFor(known));
          else if (act === "start") (lines.setStarting(known, true), starting.add(name));
          else (lines.setStarting(known, false), starting.delete(name));

          const active = all().filter(hasPod);
          for (const it of all()) {
            const others = active.filter((other) => other !== it);
            const older = all().filter(
              (other) => other.metadata.name < it.metadata.name && wants(other) && !hasPod(other),
            );
            const waits = !hasPod(it) && others.length + older.length > 0;
            expect(holder(it) !== undefined, it.metadata.name).to.equal(waits);
          }
          const freed = free().map((it) => it.metadata.name);
          expect(freed.length).to.be.at.most(1);
          // Its own change makes it be looked at anyway, and whoever fails to start comes back by itself.
          for (const it of freed) if (!before.includes(it) && it !== name) expect(woken).to.include(it);
          expect(new Set(woken).size).to.be.at.most(2);
        }
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
