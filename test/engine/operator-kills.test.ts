import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { request } from "undici";
import { Informer } from "../../kube/informer.ts";
import type { AnyObject } from "../../kube/client.ts";
import type { OperatorProcess } from "../../lab/operator/operator-process.ts";
import type { VDISession } from "../../operator/api/objects.ts";
import { secretCredentials } from "../../operator/credentials/stream-credentials.ts";
import { desktopName, homeName, hostOf } from "../../operator/resources/names.ts";
import { childKinds } from "./desktops.ts";
import { namespaceOfItsOwn } from "./operator-fixture.ts";
import { OperatorHarness } from "./operator-harness.ts";

const kills = Number(process.env["ENGINE_KILLS"] ?? 20);
// Of whom each has two sessions.
const users = Number(process.env["ENGINE_USERS"] ?? 12);

describe("an operator and gateways that are killed again and again while sessions with homes come and go", function () {
  this.timeout(120_000 + kills * 20_000);
  const harness = new OperatorHarness(namespaceOfItsOwn("kills"));
  const over = new AbortController();
  let watching: Promise<void>;
  /** Moments at which a home had two pods. */
  const doubles: string[] = [];
  before(async () => {
    await harness.open();
    const pods = new Informer<AnyObject>(
      harness.client,
      { apiVersion: "v1", kind: "Pod", namespace: harness.namespace },
      { indexers: { home: claimsOf } },
    );
    const check = (pod: AnyObject) => {
      for (const claim of claimsOf(pod)) {
        const all = pods.store.by("home", claim);
        if (all.length > 1) doubles.push(`${claim}: ${all.map(({ metadata }) => metadata?.name ?? "").join(", ")}`);
      }
    };
    pods.on({ add: check, update: check });
    watching = pods.run(over.signal);
    await pods.synced;
  });
  after(async () => {
    over.abort();
    await watching;
    await harness.close();
  });

  it(`ends each as it was asked, with one pod per home at every moment and nothing left: ${kills} kills`, async () => {
    const stop = new AbortController();
    const life = Promise.all(Array.from({ length: users }, (_, index) => comeAndGo(`user-${index}`, stop.signal)));
    const operator = await restartAgainAndAgain();
    stop.abort();
    const last = (await life).flat();
    await Promise.all(last.map(({ session, phase }) => harness.waitForPhase(session, phase, 90_000)));
    expect(doubles).to.deep.equal([]);

    for (const { session } of last) await harness.client.delete(harness.keyOf(session));
    for (const { session } of last) await harness.waitForEnd(session);
    for (const kind of childKinds)
      expect(await left(harness.childKey(kind, last[0]!.session).apiVersion, kind), kind).to.deep.equal([]);
    // Of all homes those remain that no session took with it.
    const homes = await left("v1", "PersistentVolumeClaim");
    expect(
      homes.filter((it) => !Array.from({ length: users }, (_, n) => homeName(`user-${n}`)).includes(it)),
    ).to.deep.equal([]);
    expect(doubles).to.deep.equal([]);
    await operator.stop();
  });

  it(`lets in who may, and nobody else, while one of two gateways is killed each time: ${kills} kills`, async () => {
    await harness.operator({ pod: "operator-0" });
    const session = await harness.session({ user: "visited" });
    await harness.waitForPhase(session, "Running", 90_000);
    const { user = "", password = "" } =
      (await secretCredentials(harness.client, harness.namespace)(desktopName(session))) ?? {};
    const basic = (of: string) => ({ authorization: `Basic ${Buffer.from(`${user}:${of}`).toString("base64")}` });
    const gateways = [await harness.gateway(), await harness.gateway()];
    const killing = new Set<OperatorProcess>();
    const seen: Record<string, number> = {};
    const ask = async (who: string, headers: Record<string, string>) => {
      for (const gateway of gateways) {
        const status = await answer(gateway, { "x-forwarded-host": hostOf(session, harness.domain), ...headers });
        // As a Service would: who is gone gets no requests.
        if (status === undefined && killing.has(gateway)) continue;
        const what = `${who} ${status ?? "without an answer"}`;
        seen[what] = (seen[what] ?? 0) + 1;
      }
    };
    const stop = new AbortController();
    const asking = (async () => {
      while (!stop.signal.aborted)
        await Promise.all([ask("owner", basic(password)), ask("stranger", {}), ask("guesser", basic("wrong"))]);
    })();
    for (let kill = 0; kill < kills; kill++) {
      const [victim, which] = [gateways[kill % 2]!, kill % 2];
      killing.add(victim);
      await victim.kill();
      gateways[which] = await harness.gateway();
      await sleep(Math.random() * 1_000);
    }
    stop.abort();
    await asking;
    // Whoever guesses is told so until he has guessed too often.
    const right = ["owner 200", "stranger 401", "guesser 401", "guesser 429"];
    expect(Object.keys(seen).filter((it) => !right.includes(it))).to.deep.equal([]);
    for (const it of ["owner 200", "stranger 401"]) expect(seen[it], it).to.be.above(kills);
  });

  const answer = ({ ports }: OperatorProcess, headers: Record<string, string>) =>
    request(`http://127.0.0.1:${ports.access}/auth`, { headers }).then(
      async ({ statusCode, body }) => {
        await body.dump();
        return statusCode;
      },
      () => undefined,
    );

  const left = async (version: string, kind: string) =>
    (await harness.client.list(version, kind, { namespace: harness.namespace, ...managed(kind) })).map(
      ({ metadata }) => metadata?.name ?? "",
    );

  /** One process that starts anew, as the kubelet does it: it has the Lease still. */
  async function restartAgainAndAgain(): Promise<OperatorProcess> {
    for (let kill = 0; kill < kills; kill++) {
      const operator = await harness.operator({ pod: "operator-0" });
      await sleep(500 + Math.random() * 3_000);
      await operator.kill();
    }
    return harness.operator({ pod: "operator-0" });
  }

  /** What a user does with two sessions, of which one has the home at a time. @returns those that are there at the end */
  async function comeAndGo(user: string, signal: AbortSignal): Promise<{ session: VDISession; phase: string }[]> {
    for (let round = 0; !signal.aborted; round++) {
      const reclaim = round % 2 === 0 ? "Delete" : "Retain";
      const made = await Promise.all(
        ["a", "b"].map((it) =>
          harness.session({ user, persistence: { enabled: true, reclaim } }, `${user}-${round}-${it}`),
        ),
      );
      await sleep(500 + Math.random() * 1_500);
      await harness.patch(made[0]!, { desiredState: "Suspended" });
      await sleep(500 + Math.random() * 1_500);
      await harness.patch(made[0]!, { desiredState: "Running" });
      await sleep(Math.random() * 1_000);
      for (const session of made) {
        await harness.client.delete(harness.keyOf(session));
        await sleep(Math.random() * 500);
      }
    }
    const session = await harness.session({ user }, `${user}-last`);
    return [{ session, phase: "Running" }];
  }
});

function claimsOf(pod: AnyObject): string[] {
  const { volumes = [] } = (pod["spec"] ?? {}) as { volumes?: { persistentVolumeClaim?: { claimName: string } }[] };
  return volumes.flatMap(({ persistentVolumeClaim: it }) => (it ? [it.claimName] : []));
}

/** Secrets of the namespace's own, and the like, are none of the operator's. */
function managed(kind: string) {
  return { labelSelector: kind === "Secret" ? "vdi.kasm.io/session" : "app.kubernetes.io/managed-by=kasm-operator" };
}
