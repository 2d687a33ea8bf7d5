import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import type { AnyObject } from "../../kube/client.ts";
import type { OperatorProcess } from "../../lab/operator/operator-process.ts";
import { apiVersion } from "../../operator/api/objects.ts";
import type { VDISession } from "../../operator/api/objects.ts";
import { condition } from "../../operator/lifetime/idle-clock.ts";
import { sessionLabels } from "../../operator/resources/labels.ts";
import { controllerReference } from "../../operator/resources/metadata.ts";
import { homeName } from "../../operator/resources/names.ts";
import type { FaultyApiServer } from "./faulty-api-server.ts";
import { namespaceOfItsOwn } from "./operator-fixture.ts";
import { OperatorHarness } from "./operator-harness.ts";

// Whatever an operator believes: what counts is what the API server has.
describe("one desktop per home, whatever fails", function () {
  this.timeout(180_000);
  const harness = new OperatorHarness(namespaceOfItsOwn("fence"));
  const running: OperatorProcess[] = [];
  before(() => harness.open());
  after(() => harness.close());
  afterEach(() => Promise.all(running.splice(0).map((it) => it.stop())));

  async function operator(server?: FaultyApiServer): Promise<OperatorProcess> {
    const it = await harness.operator(server ? { server } : {});
    running.push(it);
    return it;
  }
  const leads = async (it: OperatorProcess) => {
    while (!it.log().includes("took the lease")) await sleep(20);
  };
  const told = (session: VDISession, reason: string, words = "") =>
    harness.waitForSession(
      session,
      ({ status }) =>
        condition(status?.conditions, "Ready")?.reason === reason && status?.message?.includes(words) === true,
    );
  const claims = (pod: AnyObject) =>
    ((pod["spec"] as { volumes?: { persistentVolumeClaim?: { claimName: string } }[] }).volumes ?? []).map(
      (it) => it.persistentVolumeClaim?.claimName,
    );
  /** uids of the pods that have a user's home. */
  const homePods = async (user: string) =>
    (await harness.client.list("v1", "Pod", { namespace: harness.namespace }))
      .filter((pod) => claims(pod).includes(homeName(user)))
      .map(({ metadata }) => metadata?.uid);

  /** One session that has the home, and an older one that waits for it. */
  async function pair(user: string, silence: () => void = () => undefined) {
    const waiting = await harness.session({ user, desiredState: "Suspended" }, `${user}-waiting`);
    await harness.waitForPhase(waiting, "Suspended");
    silence();
    const holder = await harness.session({ user }, `${user}-holder`);
    await harness.waitForPhase(holder, "Running");
    await harness.patch(waiting, { desiredState: "Running" });
    await told(waiting, "HomeInUse");
    return { waiting, holder, pods: await homePods(user) };
  }

  it("a leader whose watches fell silent while it waited learns what the one before it did", async () => {
    const first = await operator();
    await leads(first);
    const server = harness.server();
    const second = await operator(server);
    const { waiting, pods } = await pair("silent", () => server.silenceWatches((path) => path.includes("/pods")));
    await first.kill();
    await leads(second);
    await sleep(3_000);
    expect(await homePods("silent")).to.deep.equal(pods);
    await told(waiting, "HomeInUse");
  });

  it("a leader that is told of no pods makes none on a home that has one", async () => {
    const first = await operator();
    const { waiting, holder, pods } = await pair("lied-to");
    await first.stop();
    const server = harness.server();
    const { resourceVersion } = await harness.client.listPage("v1", "Pod", { namespace: harness.namespace, limit: 1 });
    const nothing = { apiVersion: "v1", kind: "PodList", metadata: { resourceVersion }, items: [] };
    server.fault = ({ method, resource, isWatch }) =>
      method === "GET" && resource === "pods" && !isWatch ? { answer: 200, body: JSON.stringify(nothing) } : undefined;
    await operator(server);
    while (!server.writes.some(({ method, resource }) => method === "POST" && resource === "pods")) await sleep(50);
    await sleep(3_000);
    expect(await homePods("lied-to")).to.deep.equal(pods);
    // By the API server's refusal, or by the place in line when the holder was looked at first.
    await told(waiting, "HomeInUse", `session ${holder.metadata.name}`);
    server.fault = () => undefined;
    server.expireWatches();
    await harness.waitForPhase(holder, "Running");
    expect(await homePods("lied-to")).to.deep.equal(pods);
  });

  it("two pods on one home are told, and the one that is not the home's is ended in its own time", async () => {
    const it = await operator();
    const { waiting, pods } = await pair("double");
    const name = harness.name("earlier-release");
    await harness.create({
      apiVersion: "v1",
      kind: "Pod",
      metadata: {
        ...{ name, namespace: harness.namespace, finalizers: ["test.kasm-vdi/slow"] },
        labels: sessionLabels(waiting),
        ownerReferences: [controllerReference("VDISession", waiting)],
      },
      spec: {
        containers: [{ name: "desktop", image: "lab.invalid/desktop:1" }],
        volumes: [{ name: "home", persistentVolumeClaim: { claimName: homeName("double") } }],
      },
    });
    await told(waiting, "HomeInUse", `pod ${name} is ended in its own time`);
    const key = { apiVersion: "v1", kind: "Pod", metadata: { name, namespace: harness.namespace } };
    const ending = await harness.client.get(key);
    expect(ending?.metadata).to.have.property("deletionTimestamp");
    expect(ending?.metadata).to.have.property("deletionGracePeriodSeconds", 30);
    expect(await it.metric("vdi_home_double_mounts_total")).to.be.at.least(1);
    await harness.client.mergePatch({ ...key, metadata: { ...key.metadata, finalizers: [] } }, "engine-test");
    await harness.waitForGone(key);
    expect(await homePods("double")).to.deep.equal(pods);
    await told(waiting, "HomeInUse", "in use by session");
  });

  it("a desktop that has a home is not ended by force on a lost node, nor is the home given away, whatever its session says", async () => {
    await operator();
    const node = harness.name("lost");
    // Neither a kubelet nor the simulator of the others is there to say that a pod has ended.
    await harness.create({ apiVersion: "v1", kind: "Node", metadata: { name: node } });
    const lost = async (user: string, hasHome: boolean) => {
      const persistence = { enabled: hasHome };
      const session = await harness.session({ user, desiredState: "Suspended", persistence }, `${user}-lost`);
      await harness.waitForPhase(session, "Suspended");
      const key = harness.childKey("Pod", session);
      const volumes = [{ name: "home", persistentVolumeClaim: { claimName: homeName(user) } }];
      await harness.client.create({
        ...key,
        metadata: {
          ...key.metadata,
          labels: sessionLabels(session),
          ownerReferences: [controllerReference("VDISession", session)],
        },
        spec: {
          ...{ nodeName: node, terminationGracePeriodSeconds: 1 },
          containers: [{ name: "desktop", image: "lab.invalid/desktop:1" }],
          ...(hasHome && { volumes }),
        },
      });
      return { session, key };
    };
    const [kept, ended, left] = [await lost("kept", true), await lost("ended", false), await lost("left", false)];
    await harness.client.delete(harness.keyOf(left.session));
    await harness.patch(kept.session, { persistence: { enabled: false } });
    const next = await harness.session({ user: "kept" }, "kept-next");
    await told(next, "HomeInUse", `session ${kept.session.metadata.name}`);
    for (const { key } of [ended, left]) await harness.waitForGone(key, 90_000);
    await sleep(3_000);
    expect((await harness.client.get(kept.key))?.metadata).to.have.property("deletionTimestamp");
    expect(await homePods("kept")).to.have.lengthOf(1);
    await told(next, "HomeInUse", `session ${kept.session.metadata.name}`);
    // As whoever knows that the node is no more.
    await harness.client.delete(kept.key, "Background", { gracePeriodSeconds: 0 });
    await harness.waitForPhase(next, "Running");
  });

  it("a home is not deleted while another session wants it that the operator does not know of", async () => {
    const first = await operator();
    const user = "shared";
    const ending = await harness.session({ user, persistence: { enabled: true, reclaim: "Delete" } }, "ending");
    await harness.waitForPhase(ending, "Running");
    const other = await harness.session({ user }, "other");
    await told(other, "HomeInUse");
    const claim = await harness.child("PersistentVolumeClaim", ending);
    await first.kill();
    await harness.client.delete(harness.keyOf(ending));

    const page = await harness.client.listPage(apiVersion, "VDISession", { namespace: harness.namespace });
    const items = page.items.filter(({ metadata }) => metadata?.name !== other.metadata.name);
    const without = { apiVersion, kind: "VDISessionList", metadata: { resourceVersion: page.resourceVersion }, items };
    const server = harness.server();
    // What fills the cache at the start, and again when it leads.
    let lists = 2;
    server.fault = ({ method, resource, isWatch }) =>
      method === "GET" && resource === "vdisessions" && !isWatch && lists-- > 0
        ? { answer: 200, body: JSON.stringify(without) }
        : undefined;
    await operator(server);
    await harness.waitForGone(harness.keyOf(ending));
    const left = await harness.child("PersistentVolumeClaim", other);
    expect([left?.metadata?.uid, left?.metadata?.deletionTimestamp]).to.deep.equal([claim?.metadata?.uid, undefined]);
    // Now it hears of it.
    await harness.patch(other, { timeout: "7h" });
    await harness.waitForPhase(other, "Running");
  });
});
