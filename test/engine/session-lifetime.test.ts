import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { EventRecorder } from "../../kube/event-recorder.ts";
import { keyOf } from "../../kube/store.ts";
import { WorkQueue } from "../../kube/work-queue.ts";
import { runWorkers } from "../../kube/worker-pool.ts";
import { ClusterClient } from "../../kube/client.ts";
import type { VDISession } from "../../operator/api/objects.ts";
import { Caches } from "../../operator/caches.ts";
import { ServerClock } from "../../operator/lifetime/server-clock.ts";
import { DesktopMetrics } from "../../operator/metrics.ts";
import { probeTarget } from "../../operator/reachability/probe-target.ts";
import { Prober } from "../../operator/reachability/prober.ts";
import { homeName } from "../../operator/resources/names.ts";
import { SessionController } from "../../operator/session/controller.ts";
import { watchForSessions } from "../../operator/session/triggers.ts";
import { loadSettings } from "../../operator/settings.ts";
import { Registry } from "prom-client";
import { OperatorHarness } from "./operator-harness.ts";

const harness = new OperatorHarness();

/** What desktops tell, by the path that their template says the stream is at; those with another do not answer. */
const connected = new Map([
  ["/nobody", false],
  ["/somebody", true],
]);

/** The operator's sessions in this process: all of it is real but the desktops that are asked, which are nowhere. */
async function runSessions(signal: AbortSignal): Promise<() => Promise<void>> {
  const config = harness.operatorConfig();
  const clock = new ServerClock();
  const client = new ClusterClient(config, { onServerDate: clock.onServerDate });
  const settings = loadSettings({
    ...{ VDI_NAMESPACE: harness.namespace, VDI_DOMAIN: harness.domain, VDI_TRAEFIK_URL: "" },
    ...{ POD_NAMESPACE: harness.operatorNamespace, POD_NAME: "in-process" },
  });
  const log = () => undefined;
  const caches = new Caches({ client, settings, log, clock });
  const queue = new WorkQueue();
  const prober = new Prober({
    clock,
    probes: {
      stream: () => Promise.resolve({ ok: true, message: "The stream answers." }),
      route: () => Promise.resolve({ ok: true, message: "It answers." }),
      activity: ({ path }) => Promise.resolve({ connected: connected.get(path), message: "It does not answer." }),
    },
    credentials: () => Promise.resolve({ user: "u", password: "p" }),
    onChange: (key) => queue.add(key),
    log,
  });
  const recorder = new EventRecorder({ client, clock, source: { controller: "vdi.kasm.io/test", instance: "test" } });
  const controller = new SessionController({
    ...{ client, caches, settings, clock, recorder },
    metrics: new DesktopMetrics(new Registry(), () => undefined),
    warm: { takeFor: () => Promise.resolve(false) },
    looks: {
      of: ({ session, pod }) => {
        const { stream, route, activity } = prober.seen(keyOf(session), pod?.metadata.uid);
        return { stream, routeAnswer: route, activity };
      },
      aim: (view, decideAtMs) => {
        const target = probeTarget(view, settings, decideAtMs);
        if (target) prober.set(keyOf(view.session), target);
        else prober.forget(keyOf(view.session));
      },
      forget: (key) => prober.forget(key),
    },
  });
  watchForSessions({ caches, queue, forget: (session) => controller.forget(session) });
  const following = caches.run(signal);
  await caches.synced;
  const working = runWorkers({ queue, concurrency: 4, work: (key) => controller.reconcile(key), log }, signal);
  return async () => {
    await Promise.all([following, working, prober.stop(), recorder.close()]);
    await config.close();
  };
}

async function eventsOf(session: VDISession, reason: string): Promise<string[]> {
  const all = await harness.client.list("events.k8s.io/v1", "Event", { namespace: harness.namespace });
  return all
    .filter((it) => it["reason"] === reason && (it["regarding"] as { uid?: string }).uid === session.metadata.uid)
    .map((it) => it["note"] as string);
}

const active = ({ status }: VDISession) => status?.conditions?.find(({ type }) => type === "Active");

describe("the end of a desktop, on a real API server", () => {
  const stop = new AbortController();
  let ended: () => Promise<void>;
  before(async () => {
    await harness.open();
    ended = await runSessions(stop.signal);
  });
  after(async () => {
    try {
      await harness.removeAll();
    } finally {
      stop.abort();
      await ended();
      await harness.close();
    }
  });

  const idle = { after: "6s", action: "Suspend", warnBefore: "3s" };

  /** A session whose desktop is ready. */
  async function desktop(healthPath: string, given: Record<string, unknown>): Promise<VDISession> {
    const template = await harness.template({ runtime: { type: "selkies-v2", healthPath } });
    return harness.waitForCondition(await harness.session({ template: template.metadata.name, ...given }));
  }

  it("comes by the timeout, with one warning before, and leaves the home", async () => {
    const session = await desktop("/nobody", { timeout: "20s", persistence: { enabled: true } });
    expect(Date.parse(session.status?.expiresAt ?? "")).to.equal(
      Date.parse(session.metadata.creationTimestamp ?? "") + 20_000,
    );
    await harness.waitForCondition(session, { type: "Expiring", reason: "TimeoutWarning" });
    await harness.waitForGone(harness.keyOf(session));
    expect(await eventsOf(session, "TimeoutWarning")).to.have.length(1);
    const metadata = { name: homeName(session.spec.user), namespace: harness.namespace };
    const home = await harness.client.get({ apiVersion: "v1", kind: "PersistentVolumeClaim", metadata });
    expect(home?.metadata?.deletionTimestamp).to.equal(undefined);
  });

  it("comes when nobody is connected: one warning, then suspended; a start begins the time anew", async () => {
    const session = await desktop("/nobody", { idle });
    await harness.waitForCondition(session, { type: "Active", status: "False", reason: "IdleWarning" }, 60_000);
    const suspended = await harness.waitForCondition(session, { status: "False", reason: "Suspended" }, 60_000);
    expect(suspended.spec.desiredState).to.equal("Suspended");
    expect(await eventsOf(session, "IdleWarning")).to.have.length(1);
    const pods = await harness.children("Pod", session);
    expect(pods.filter(({ metadata }) => metadata?.deletionTimestamp === undefined)).to.deep.equal([]);
    await harness.client.mergePatch({ ...harness.keyOf(session), spec: { desiredState: "Running" } });
    const again = await harness.waitForCondition(session, {}, 60_000);
    expect(active(again)?.reason).not.to.equal("IdleWarning");
  });

  it("does not come while somebody is connected, nor while nobody can tell", async () => {
    const sessions = await Promise.all([desktop("/somebody", { idle }), desktop("/silent", { idle })]);
    await sleep(12_000);
    const [used, untold] = await Promise.all(sessions.map((it) => harness.read(it)));
    expect([used, untold].map((it) => it?.spec.desiredState)).to.deep.equal(["Running", "Running"]);
    expect(active(used!)).to.deep.include({ status: "True", reason: "Connected" });
    expect(active(untold!)).to.deep.include({ status: "Unknown", reason: "NotKnown", message: "It does not answer." });
  });
});
