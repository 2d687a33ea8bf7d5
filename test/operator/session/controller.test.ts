import { expect } from "chai";
import { Registry } from "prom-client";
import type { AnyObject } from "../../../kube/object.ts";
import { apiVersion } from "../../../operator/api/objects.ts";
import type { VDISession } from "../../../operator/api/objects.ts";
import { Caches } from "../../../operator/caches.ts";
import { DesktopMetrics } from "../../../operator/metrics.ts";
import { SecretPresence } from "../../../operator/pool/secret-presence.ts";
import { WarmPods } from "../../../operator/pool/warm-pods.ts";
import { SessionProbes } from "../../../operator/reachability/session-probes.ts";
import { labels } from "../../../operator/resources/labels.ts";
import { LiveSessions } from "../../../operator/session/live-sessions.ts";
import { SessionController } from "../../../operator/session/controller.ts";
import { StartLines } from "../../../operator/session/start-lines.ts";
import { FakeClock, settled } from "../../kube/fake-clock.ts";
import { pool, warm } from "../pool/pools.ts";
import { session, template } from "../status/views.ts";
import { MemoryCluster } from "./memory-cluster.ts";
import { settings as usual } from "./settings.ts";

const persistence = { enabled: false, size: "1Gi", reclaim: "Retain" } as const;

describe("a user's number of desktops, whatever is looked at together", () => {
  const over = new AbortController();
  after(() => over.abort());

  async function setUp({ warmPods = 0 } = {}) {
    const settings = { ...usual, maxSessionsPerUser: 1, streamCheck: "kubelet" as const };
    const cluster = new MemoryCluster();
    const { client } = cluster;
    const clock = Object.assign(new FakeClock(), { doubt: undefined });
    const log = { info: () => undefined, debug: () => undefined, warn: () => undefined };
    cluster.put({ ...template(), apiVersion, kind: "VDITemplate" });
    if (warmPods > 0) cluster.put({ ...pool(), apiVersion, kind: "VDIPool" });
    for (let at = 0; at < warmPods; at++) {
      const pod = { ...warm(), apiVersion: "v1", kind: "Pod" };
      cluster.put(pod);
      cluster.put({ apiVersion: "v1", kind: "Secret", metadata: { name: pod.metadata.name, namespace: "kasm-vdi" } });
    }
    const caches = new Caches({ client, settings, clock, log: () => undefined });
    void caches.run(over.signal);
    await caches.synced;
    const metrics = new DesktopMetrics(new Registry(), () => undefined);
    const woken: string[] = [];
    const lines = new StartLines({ caches, maxPerUser: 1, wake: (key) => woken.push(key) });
    const parts = { client, caches, settings, clock, log, metrics, lines, recorder: { record: () => undefined } };
    const controller = new SessionController({
      ...parts,
      warm: new WarmPods({ ...parts, secrets: new SecretPresence({ client, namespace: settings.namespace }) }),
      live: new LiveSessions(client, settings.namespace),
      probes: new SessionProbes({ ...parts, onChange: () => undefined, log: () => undefined }),
    });
    caches.sessions.on({ delete: (it) => controller.forget(it) });
    const make = (name: string, status?: VDISession["status"]) => {
      const it = session({ spec: { persistence }, ...(status && { status }) });
      return cluster.put({ ...it, apiVersion, kind: "VDISession", metadata: { ...it.metadata, name, uid: name } });
    };
    const reconcile = ({ metadata }: AnyObject) => controller.reconcile(`kasm-vdi/${metadata?.name ?? ""}`);
    /** The pods that users have. */
    const desktops = () => cluster.of("Pod").filter(({ metadata }) => metadata?.labels?.[labels.session] !== undefined);
    return { cluster, make, reconcile, desktops, woken };
  }

  const stalled = {
    conditions: [
      {
        ...{ type: "Stalled", status: "True" as const, reason: "ResourcesExceeded", message: "" },
        lastTransitionTime: "2026-01-01T00:00:00Z",
      },
    ],
  };

  for (const [how, given] of Object.entries({ "taken from a pool": { warmPods: 4 }, "made anew": {} }))
    it(`is kept when sessions that were stalled are all corrected at once, and desktops are ${how}`, async () => {
      const { make, reconcile, desktops } = await setUp(given);
      const all = ["a", "b", "c", "d"].map((name) => make(name, stalled));
      await settled();
      await Promise.all(all.map(reconcile));
      await settled();
      expect(desktops()).to.have.lengthOf(1);
      // Nor does a later look give it away.
      await Promise.all(all.map(reconcile));
      expect(desktops()).to.have.lengthOf(1);
    });

  for (const [how, given, verb] of [
    ["taken from a pool", { warmPods: 4 }, "mergePatch"],
    ["made", {}, "create"],
  ] as const)
    it(`is kept when a session is deleted while its pod is being ${how}`, async () => {
      const { cluster, make, reconcile, desktops, woken } = await setUp(given);
      const [first, second] = [make("a"), make("b")];
      await settled();
      let go: () => void = () => undefined;
      const answered = new Promise<void>((resolve) => (go = resolve));
      cluster.hold = (what, kind) => (what === verb && kind === "Pod" ? answered : Promise.resolve());
      const starting = reconcile(first);
      await settled();
      cluster.remove(first);
      await settled();
      const other = reconcile(second);
      await settled();
      go();
      await Promise.all([starting, other]);
      await settled();
      expect(desktops()).to.have.lengthOf(1);
      await reconcile(second);
      expect(desktops()).to.have.lengthOf(1);
      woken.length = 0;
      for (const pod of desktops()) cluster.remove(pod);
      await settled();
      expect(woken).to.include("kasm-vdi/b");
      await reconcile(second);
      expect(desktops()).to.have.lengthOf(1);
    });

  it("is free again when a session is gone whose pod nobody could be asked for", async () => {
    for (const isDeletedFirst of [true, false]) {
      const { cluster, make, reconcile, desktops } = await setUp();
      const [first, second] = [make("a"), make("b")];
      await settled();
      cluster.hold = async (verb, kind) => {
        if (verb !== "create" || kind !== "Pod") return;
        if (isDeletedFirst) cluster.remove(first);
        await settled();
        throw new Error("socket hang up");
      };
      expect(await reconcile(first).catch((error: unknown) => String(error))).to.contain("socket hang up");
      cluster.hold = () => Promise.resolve();
      if (!isDeletedFirst) {
        // Its pod may be there: until it is tried again it counts.
        await reconcile(second);
        expect(desktops()).to.deep.equal([]);
        cluster.remove(first);
      }
      await settled();
      await reconcile(second);
      expect(desktops()).to.have.lengthOf(1);
    }
  });
});
