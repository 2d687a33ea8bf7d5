import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import type { VDISession } from "../../operator/api/objects.ts";
import { condition } from "../../operator/lifetime/idle-clock.ts";
import { namespaceOfItsOwn } from "./operator-fixture.ts";
import { OperatorHarness } from "./operator-harness.ts";

// A volume that one node may mount (ReadWriteOnce) can be mounted there by any number of pods: only the operator keeps two
// desktops from writing to one home.
describe("the home that a user's sessions share", function () {
  this.timeout(120_000);
  const harness = new OperatorHarness(namespaceOfItsOwn("home"));
  before(async () => {
    await harness.open();
    await harness.operator();
  });
  after(() => harness.close());

  const reason = ({ status }: VDISession) => condition(status?.conditions, "Ready")?.reason;
  const told = (session: VDISession, wanted: string, timeoutMs = 15_000) =>
    harness.waitForSession(session, (it) => reason(it) === wanted, timeoutMs);
  /** Of these sessions, those that have a pod. */
  const withPod = async (sessions: readonly VDISession[]) => {
    const pods = await Promise.all(sessions.map((it) => harness.children("Pod", it)));
    return sessions.filter((_, index) => pods[index]?.length).map(({ metadata }) => metadata.name);
  };

  it("goes to one of those that waited for it", async () => {
    const user = "waiting@example.com";
    const first = await harness.session({ user }, "first");
    await told(first, "Ready");
    const waiting = await Promise.all(["second", "third", "fourth"].map((name) => harness.session({ user }, name)));
    for (const it of waiting) await told(it, "HomeInUse");
    await harness.patch(first, { desiredState: "Suspended" });
    await Promise.any(waiting.map((it) => told(it, "Ready")));
    await sleep(1_000);
    expect(await withPod(waiting)).to.have.lengthOf(1);
  });

  it("goes to one of those that are created, or woken, at the same moment", async () => {
    const users = Array.from({ length: 20 }, (_, index) => `twice-${index}`);
    const pairs = await Promise.all(
      users.map((user) => Promise.all(["a", "b"].map((it) => harness.session({ user }, `${user}-${it}`)))),
    );
    for (const pair of pairs) await Promise.any(pair.map((it) => told(it, "Ready")));
    await sleep(1_000);
    const started = await Promise.all(pairs.map(withPod));
    expect(started.filter(({ length }) => length !== 1)).to.deep.equal([]);
  });

  it("is not waited for when who is before one cannot start", async () => {
    const user = "stalled@example.com";
    const [stalled, other] = [
      await harness.session({ user, template: `${harness.namespace}-none` }, "stalled"),
      await harness.session({ user }, "other"),
    ];
    await told(stalled, "TemplateMissing");
    await told(other, "Ready");
  });

  it("is waited for while the desktop of a deleted session still ends", async () => {
    const user = "again@example.com";
    const before = await harness.session({ user }, "before");
    await told(before, "Ready");
    const pod = harness.childKey("Pod", before);
    const finalizers = (all: string[]) =>
      harness.client.mergePatch({ ...pod, metadata: { ...pod.metadata, finalizers: all } }, "engine-test");
    await finalizers(["test.kasm-vdi/slow"]);
    await harness.client.delete(harness.keyOf(before));
    await harness.waitForGone(harness.keyOf(before));
    const again = await harness.session({ user }, "again");
    const waits = await told(again, "Replacing");
    expect(waits.status?.message).to.contain(pod.metadata.name);
    expect(await withPod([again])).to.deep.equal([]);
    await finalizers([]);
    await told(again, "Ready");
  });
});
