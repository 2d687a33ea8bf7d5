import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import type { AnyObject } from "../../kube/client.ts";
import type { VDISession } from "../../operator/api/objects.ts";
import { condition } from "../../operator/lifetime/idle-clock.ts";
import { OperatorUnderFault } from "./operator-under-fault.ts";
import type { RunningOperator } from "./operator-under-fault.ts";

// A volume that one node may mount (ReadWriteOnce) can be mounted there by any number of pods: only the operator keeps two
// desktops from writing to one home.
describe("the home that a user's sessions share", function () {
  this.timeout(120_000);
  const world = new OperatorUnderFault("home");
  const server = world.server();
  let operator: RunningOperator;

  before(async () => {
    await world.open();
    operator = await world.operator(server);
    await operator.ready();
  });
  after(() => world.close());

  const reason = (it: VDISession | undefined) => condition(it?.status?.conditions, "Ready")?.reason;
  const told = (session: VDISession, wanted: string, timeoutMs = 15_000) =>
    world.until(world.keyOf(session), (it) => reason(it) === wanted, timeoutMs);
  /** Of these sessions, those that have a pod. */
  const withPod = async (sessions: readonly VDISession[]) => {
    const pods = await Promise.all(sessions.map((it) => world.child("Pod", it)));
    return sessions.filter((_, index) => pods[index]).map(({ metadata }) => metadata.name);
  };

  it("goes to one of those that waited for it", async () => {
    const user = "waiting@example.com";
    const first = await world.session("first", { user });
    await told(first, "Ready");
    const waiting = await Promise.all(["second", "third", "fourth"].map((name) => world.session(name, { user })));
    for (const it of waiting) await told(it, "HomeInUse");
    await world.patch(first, { desiredState: "Suspended" });
    await Promise.any(waiting.map((it) => told(it, "Ready")));
    await sleep(1_000);
    expect(await withPod(waiting)).to.have.lengthOf(1);
  });

  it("goes to one of those that are created, or woken, at the same moment", async () => {
    const users = Array.from({ length: 20 }, (_, index) => `twice-${index}`);
    const pairs = await Promise.all(
      users.map((user) => Promise.all(["a", "b"].map((it) => world.session(`${user}-${it}`, { user })))),
    );
    for (const pair of pairs) await Promise.any(pair.map((it) => told(it, "Ready")));
    await sleep(1_000);
    const started = await Promise.all(pairs.map(withPod));
    expect(started.filter(({ length }) => length !== 1)).to.deep.equal([]);
  });

  it("is not waited for when who is before one cannot start", async () => {
    const user = "stalled@example.com";
    const [stalled, other] = [
      await world.session("stalled", { user, template: `${world.namespace}-none` }),
      await world.session("other", { user }),
    ];
    await told(stalled, "TemplateMissing");
    await told(other, "Ready");
  });

  it("is waited for while the desktop of a deleted session still ends", async () => {
    const user = "again@example.com";
    const before = await world.session("before", { user });
    await told(before, "Ready");
    const pod = world.childKey("Pod", before);
    const finalizers = (all: string[]) =>
      world.client.mergePatch({ ...pod, metadata: { ...pod.metadata, finalizers: all } }, "engine-test");
    await finalizers(["test.kasm-vdi/slow"]);
    await world.client.delete(world.keyOf(before));
    await world.until<AnyObject>(world.keyOf(before), (it) => it === undefined);
    const again = await world.session("again", { user });
    const waits = await told(again, "Replacing");
    expect(waits.status?.message).to.contain(pod.metadata.name);
    expect(await withPod([again])).to.deep.equal([]);
    await finalizers([]);
    await told(again, "Ready");
  });
});
