import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { classifyError, statusCode } from "../../kube/client.ts";
import type { AnyObject, ClusterClient, ObjectPage } from "../../kube/client.ts";
import { systemClock } from "../../kube/clock.ts";
import type { Clock } from "../../kube/clock.ts";
import { EventRecorder } from "../../kube/event-recorder.ts";
import { Informer } from "../../kube/informer.ts";
import { runAsLeader } from "../../kube/leader-election.ts";
import type { Leadership } from "../../kube/leader-election.ts";
import { FaultyApiServer } from "./faulty-api-server.ts";
import { Forwarder } from "./forwarder.ts";
import { OwnControlPlane } from "./control-plane-of-its-own.ts";

const namespace = "default";
const configMap = (name: string, value: string): AnyObject & { apiVersion: string; kind: string } => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace, labels: { of: "kube-test" } },
  data: { value },
});
const collection = { apiVersion: "v1", kind: "ConfigMap", namespace, labelSelector: "of=kube-test" };
const valueOf = (it: AnyObject | undefined) => (it?.["data"] as { value: string } | undefined)?.value;
// What takes a minute and a half takes a second and a half.
const hurriedClock: Clock = {
  ...systemClock,
  now: () => systemClock.now() * 60,
  after: (ms, callback) => systemClock.after(ms / 60, callback),
};

async function until(isSo: () => boolean, what: string, ms = 60_000): Promise<void> {
  const end = Date.now() + ms;
  while (!isSo() && Date.now() < end) await sleep(20);
  expect(isSo(), what).to.equal(true);
}

describe("what talks to the API server", function () {
  this.timeout(180_000);
  const plane = new OwnControlPlane();
  let admin: ClusterClient;
  let stop: AbortController;
  let told: string[];
  let logged: string[];
  const closing: { close: () => unknown }[] = [];

  before(async () => {
    await plane.up();
    admin = plane.client();
  });
  after(() => plane.down());
  beforeEach(() => {
    stop = new AbortController();
    [told, logged] = [[], []];
  });
  afterEach(async () => {
    stop.abort();
    for (const it of closing.splice(0)) await it.close();
  });

  async function forward(): Promise<{ forwarder: Forwarder; server: string }> {
    const forwarder = new Forwarder(plane.port);
    closing.push(forwarder);
    return { forwarder, server: `https://127.0.0.1:${await forwarder.listen()}` };
  }

  async function follow(client: Pick<ClusterClient, "listPage" | "watch">, clock = systemClock): Promise<Informer> {
    const informer = new Informer(client, collection, { clock, log: (message) => logged.push(message) });
    informer.on({
      add: ({ metadata }) => told.push(`+${metadata?.name ?? ""}`),
      update: (it) => told.push(`~${it.metadata?.name ?? ""} ${valueOf(it) ?? ""}`),
      delete: ({ metadata }) => told.push(`-${metadata?.name ?? ""}`),
    });
    void informer.run(stop.signal);
    await informer.synced;
    return informer;
  }

  const set = (name: string, value: string) =>
    admin.apply(configMap(name, value), { fieldManager: "test", force: true });
  const followed = (informer: Informer, name: string, value: string | undefined) =>
    until(
      () => valueOf(informer.store.get(`${namespace}/${name}`)) === value,
      `${name} is ${value ?? "gone"}\n${logged.join("\n")}`,
    );

  it("reads 2,000 objects in pages, each once, and follows each of 200 changes", async () => {
    const names = Array.from({ length: 2_000 }, (_, index) => `many-${index}`);
    const waiting = [...names];
    const create = async () => {
      for (let name = waiting.pop(); name; name = waiting.pop()) await admin.create(configMap(name, "0"));
    };
    await Promise.all(Array.from({ length: 16 }, create));
    let pages = 0;
    const counting = {
      listPage: (...args: Parameters<ClusterClient["listPage"]>) => (pages++, admin.listPage(...args)),
      watch: (...args: Parameters<ClusterClient["watch"]>) => admin.watch(...args),
    };
    const informer = await follow(counting);
    expect([pages, informer.store.size, told.length]).to.deep.equal([4, 2_000, 2_000]);
    expect(informer.store.get(`${namespace}/many-7`)?.metadata).to.not.have.property("managedFields");

    told = [];
    for (const name of names.slice(0, 100)) await set(name, "1");
    for (const name of names.slice(100, 200))
      await admin.delete({ ...configMap(name, ""), metadata: { name, namespace } });
    await until(() => told.length >= 200, "all changes were told");
    expect(told.filter((it) => it.startsWith("~"))).to.have.length(100);
    expect(informer.store.size).to.equal(1_900);
  });

  it("sends no write for whom it is told not to let write, and reads on", async () => {
    const client = plane.client({ mayWrite: () => false });
    const refused = await Promise.allSettled([
      client.create(configMap("no", "1")),
      client.mergePatch(configMap("no", "2")),
    ]);
    expect(refused.map(({ status }) => status)).to.deep.equal(["rejected", "rejected"]);
    expect(await client.get({ ...configMap("no", "1"), metadata: { name: "no", namespace } })).to.equal(undefined);
  });

  it("leaves a connection that was cut silently, found by a request, and misses nothing", async () => {
    const { forwarder, server } = await forward();
    const client = plane.client({ server, requestTimeoutMs: 1_000 });
    await set("cut", "before");
    const informer = await follow(client);
    forwarder.silence();
    await set("cut", "after");
    const key = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "cut", namespace } };
    expect(await client.get(key).catch(classifyError)).to.equal("unavailable");
    await followed(informer, "cut", "after");
  });

  it("leaves a connection that was cut silently, found by the watch alone, and misses nothing", async () => {
    const { forwarder, server } = await forward();
    await set("silent", "before");
    const informer = await follow(plane.client({ server, requestTimeoutMs: 1_000 }), hurriedClock);
    forwarder.silence();
    await set("silent", "after");
    await followed(informer, "silent", "after");
  });

  it("goes on after the API server was killed, and finds what changed meanwhile", async () => {
    await set("killed", "before");
    await set("short-lived", "before");
    const informer = await follow(plane.client());
    await plane.killApiServer();
    await plane.up();
    await set("killed", "after");
    await admin.delete({ ...configMap("short-lived", ""), metadata: { name: "short-lived", namespace } });
    await followed(informer, "killed", "after");
    await followed(informer, "short-lived", undefined);
    told = [];
    await set("killed", "and on");
    await followed(informer, "killed", "and on");
    expect(told).to.deep.equal(["~killed and on"]);
  });

  it("lists anew when the server no longer knows the version", async () => {
    let isStale = true;
    const client = {
      listPage: async (...args: Parameters<ClusterClient["listPage"]>): Promise<ObjectPage> => {
        const page = await admin.listPage(...args);
        if (page.continue !== undefined || !isStale) return page;
        isStale = false;
        return { ...page, resourceVersion: "1" };
      },
      watch: (...args: Parameters<ClusterClient["watch"]>) => admin.watch(...args),
    };
    const informer = await follow(client);
    const begun = told.length;
    await until(() => logged.some((line) => line.includes("too old resource version")), "410 came");
    await set("gone-version", "1");
    await followed(informer, "gone-version", "1");
    expect(told.slice(begun)).to.deep.equal(["+gone-version"]);
  });

  it("gets everything through a storm of 429, no faster than the server asks", async () => {
    const server = new FaultyApiServer(plane.client().config, { lendsRights: true });
    closing.push(server);
    let refused = 0;
    server.fault = () => {
      if (Math.random() >= 0.4) return undefined;
      refused++;
      return { answer: 429, headers: { "retry-after": "1" } };
    };
    const client = plane.client({ server: await server.listen() });
    const begun = Date.now();
    await Promise.all(Array.from({ length: 40 }, (_, index) => client.create(configMap(`storm-${index}`, "0"))));
    const informer = await follow(client);
    await set("storm-0", "1");
    await followed(informer, "storm-0", "1");
    expect(refused).to.be.greaterThan(10);
    expect(server.requests.length / ((Date.now() - begun) / 1000)).to.be.lessThan(60);
  });

  describe("of two candidates", () => {
    const times = { leaseMs: 3_000, renewDeadlineMs: 2_000, retryMs: 400 };

    function candidate(identity: string, client: ClusterClient) {
      const state = { leadership: undefined as Leadership | undefined, outcome: "", stop: new AbortController() };
      const work = async (leadership: Leadership) => {
        state.leadership = leadership;
        await new Promise<void>((resolve) => leadership.signal.addEventListener("abort", () => resolve()));
      };
      const log = (message: string) => logged.push(`${identity}: ${message}`);
      const ended = runAsLeader(
        { client, identity, namespace, name: "operator", log, ...times },
        work,
        state.stop.signal,
      );
      return Object.assign(state, { ended, isLeading: () => state.leadership?.isHeld() ?? false });
    }

    it("one leads; the other leads at once when it stops, and after the lease when it is cut off, never both", async () => {
      const { forwarder, server } = await forward();
      const one = candidate("one", plane.client({ requestTimeoutMs: 1_000 }));
      await until(() => one.isLeading(), "one leads");
      const two = candidate("two", plane.client({ server, requestTimeoutMs: 1_000 }));
      let both = 0;
      const check = setInterval(
        () => (both += [one, two, three].filter((it) => it?.isLeading()).length > 1 ? 1 : 0),
        5,
      );
      let three: ReturnType<typeof candidate> | undefined;
      try {
        await sleep(1_000);
        one.stop.abort();
        const released = Date.now();
        await until(() => two.isLeading(), "two leads");
        expect(Date.now() - released).to.be.lessThan(1_500);

        three = candidate("three", plane.client());
        await sleep(500);
        forwarder.swallowAll(true);
        await until(() => three?.isLeading() ?? false, "three leads");
        expect(two.isLeading()).to.equal(false);
        expect(await two.ended).to.equal("lost");
        expect(both).to.equal(0);
      } finally {
        clearInterval(check);
        three?.stop.abort();
        await three?.ended;
      }
    });

    it("a leader whose lease is taken by force ends", async () => {
      const one = candidate("one", admin);
      await until(() => one.isLeading(), "one leads");
      const lease = { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata: { name: "operator", namespace } };
      await admin.mergePatch({ ...lease, spec: { holderIdentity: "somebody" } });
      expect(await one.ended).to.equal("lost");
    });
  });

  it("records events that the API server takes, with their count and with a note that is too long cut", async () => {
    const source = { controller: "vdi.kasm.io/session-controller", instance: "operator-0" };
    const recorder = new EventRecorder({ client: admin, source, log: (message) => logged.push(message) });
    const about = await set("eventful", "1");
    const text = { type: "Warning", reason: "Failed", action: "Start", note: "é".repeat(3_000) } as const;
    for (let times = 0; times < 4; times++) recorder.record(about, text);
    recorder.record({ apiVersion: "v1", kind: "Node", metadata: { name: "node-1" } }, { ...text, note: "short" });
    await recorder.close();
    expect(logged).to.deep.equal([]);
    const events = (await admin.list("events.k8s.io/v1", "Event", { namespace })).filter(
      (it) => it["reason"] === "Failed",
    );
    expect(events.map((it) => (it["series"] as { count: number } | undefined)?.count)).to.have.members([4, undefined]);
    expect(Buffer.byteLength(events.find((it) => it["series"])?.["note"] as string)).to.be.within(1_000, 1_024);
  });

  it("sorts the server's refusals", async () => {
    const failing = async (work: Promise<unknown>) => work.then(() => "none", classifyError);
    const { metadata } = await set("sorted", "1");
    expect(await failing(admin.create(configMap("sorted", "1")))).to.equal("exists");
    expect(await failing(admin.apply(configMap("sorted", "2"), { fieldManager: "other" }))).to.equal("conflict");
    const stale = { ...configMap("sorted", "3"), metadata: { name: "sorted", namespace, resourceVersion: "1" } };
    expect(await failing(admin.mergePatch(stale))).to.equal("conflict");
    const key = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "sorted", namespace } };
    expect(await admin.delete(key, "Background", { uid: "another" }).catch(statusCode)).to.equal(409);
    await admin.delete(key, "Background", { uid: metadata!.uid! });

    const ending = { apiVersion: "v1", kind: "Namespace", metadata: { name: "ending" } };
    await admin.create({ ...ending, metadata: { ...ending.metadata, finalizers: ["example.com/hold"] } });
    await admin.create({
      ...ending,
      kind: "ConfigMap",
      metadata: { name: "hold", namespace: "ending", finalizers: ["example.com/hold"] },
    });
    await admin.create({
      ...{ apiVersion: "v1", kind: "ResourceQuota", metadata: { name: "none", namespace: "ending" } },
      spec: { hard: { "count/secrets": "0" } },
    });
    await sleep(500);
    const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "s", namespace: "ending" } };
    expect(await failing(admin.create(secret))).to.equal("quota");
    await admin.delete(ending);
    expect(await failing(admin.create({ ...secret, kind: "ConfigMap" }))).to.equal("terminating");
    expect(await failing(admin.create({ ...secret, metadata: { name: "s", namespace: "nowhere" } }))).to.equal(
      "not-found",
    );
    await admin.mergePatch({
      ...ending,
      kind: "ConfigMap",
      metadata: { name: "hold", namespace: "ending", finalizers: [] },
    });
  });
});
