import { expect } from "chai";
import type { VDISession } from "../../operator/api/objects.ts";
import type { VDISessionSpec } from "../../operator/api/vdi-session.ts";
import { homeName } from "../../operator/resources/names.ts";
import { alongside } from "./alongside.ts";
import { AnsweringDesktops } from "./answering-desktops.ts";
import type { Desktop } from "./desktop-image.ts";
import { OperatorHarness } from "./operator-harness.ts";

const harness = new OperatorHarness();
const desktops = new AnsweringDesktops(harness);

type Family = Parameters<AnsweringDesktops["start"]>[1];

const idle = { after: "6s", action: "Suspend", warnBefore: "3s" } as const;
const webRtc = { stream: "WebRTC" };
const connected = { type: "Active", reason: "Connected" };
const idleWarning = { type: "Active", status: "False", reason: "IdleWarning" };
const suspended = { status: "False", reason: "Suspended" };
// At rest a desktop is asked each half minute, and one that counts frames is known after two answers.
const looked = 120_000;

const active = ({ status }: VDISession) => status?.conditions?.find(({ type }) => type === "Active");

async function notesOf(session: VDISession, reason: string): Promise<string[]> {
  const all = await harness.client.list("events.k8s.io/v1", "Event", { namespace: harness.namespace });
  return all
    .filter((it) => it["reason"] === reason && (it["regarding"] as { uid?: string }).uid === session.metadata.uid)
    .map((it) => it["note"] as string);
}

describe("the end of a desktop, by what it says itself,", () => {
  before(() => desktops.open());
  after(() => desktops.close());

  /** A session whose desktop is ready, with as many people as given, of a template of its own. */
  async function ready(
    type: Family,
    { people = 0, of = {}, ...given }: Partial<VDISessionSpec> & { people?: number; of?: object },
  ): Promise<{ session: VDISession; desktop: Desktop }> {
    const session = await desktops.session(type, given, of);
    const { desktop } = await desktops.start(session, type);
    desktop.people = people;
    return { session: await harness.waitForCondition(session), desktop };
  }

  alongside("comes by the timeout, with one warning before, and leaves the home", async () => {
    const { session } = await ready("selkies-v2", {
      timeout: "20s",
      persistence: { enabled: true } as VDISessionSpec["persistence"],
    });
    expect(Date.parse(session.status?.expiresAt ?? "")).to.equal(
      Date.parse(session.metadata.creationTimestamp ?? "") + 20_000,
    );
    await harness.waitForCondition(session, { type: "Expiring", reason: "TimeoutWarning" });
    await harness.waitForGone(harness.keyOf(session));
    expect(await notesOf(session, "TimeoutWarning")).to.have.length(1);
    const metadata = { name: homeName(session.spec.user), namespace: harness.namespace };
    const home = await harness.client.get({ apiVersion: "v1", kind: "PersistentVolumeClaim", metadata });
    expect(home?.metadata?.deletionTimestamp).to.equal(undefined);
  });

  for (const type of ["kasmvnc", "custom"] as const)
    alongside(`comes after the last one has left (${type}), not before: one warning, then suspended`, async () => {
      const { session, desktop } = await ready(type, { people: 2, idle });
      await harness.waitForCondition(session, connected);
      desktop.people = 0;
      const left = await harness.waitForCondition(session, { type: "Active", status: "False" }, looked);
      // Who was there until then counts: the idle time had passed long ago without them.
      const sinceReadyMs = Date.parse(left.status?.lastActivity ?? "") - Date.parse(left.status?.readyTime ?? "");
      expect(sinceReadyMs).to.be.greaterThan(6_000);
      expect(left.spec.desiredState).to.equal("Running");
      const ended = await harness.waitForCondition(session, suspended, looked);
      expect(ended.spec.desiredState).to.equal("Suspended");
      expect(await notesOf(session, "IdleWarning")).to.have.length(1);
    });

  for (const [type, of] of [["selkies-v1", webRtc] as const, ["selkies-v2", {}] as const]) {
    alongside(`does not come while frames are counted (${type})`, async () => {
      const { session } = await ready(type, { people: 1, idle, of });
      const used = await harness.waitForCondition(session, connected, looked);
      expect(used.spec.desiredState).to.equal("Running");
    });

    alongside(`comes where frames are not counted (${type}); a start begins the time anew`, async () => {
      const { session } = await ready(type, { idle, of });
      await harness.waitForCondition(session, suspended, looked);
      const pods = await harness.children("Pod", session);
      expect(pods.filter(({ metadata }) => metadata?.deletionTimestamp === undefined)).to.deep.equal([]);
      expect(await notesOf(session, "IdleWarning")).to.have.length(1);
      await harness.client.mergePatch({ ...harness.keyOf(session), spec: { desiredState: "Running" } });
      const { desktop } = await desktops.start(session, type);
      desktop.people = 1;
      const again = await harness.waitForCondition(session);
      expect(active(again)?.reason).not.to.equal("IdleWarning");
    });
  }

  alongside("does not come when somebody connects during the warning: a look of its own decides", async () => {
    const { session, desktop } = await ready("kasmvnc", { idle: { ...idle, after: "12s", warnBefore: "10s" } });
    await harness.waitForCondition(session, idleWarning, looked);
    desktop.people = 1;
    const used = await harness.waitForCondition(session, connected, looked);
    expect(used.spec.desiredState).to.equal("Running");
    expect(await notesOf(session, "IdleWarning")).to.have.length(1);
  });

  alongside("does not come by a look that failed, but by the next that answers", async () => {
    const { session, desktop } = await ready("custom", { idle: { ...idle, after: "12s", warnBefore: "10s" } });
    const warned = await harness.waitForCondition(session, idleWarning, looked);
    desktop.failsWith = 503;
    await desktop.isAsked("/clients", looked);
    const due = /suspended at (\S+) unless/.exec(message(warned))?.[1] ?? "";
    expect(Date.now()).to.be.at.least(Date.parse(due));
    desktop.failsWith = undefined;
    // It would not be asked again if the first look had ended it.
    await desktop.isAsked("/clients", looked);
    await harness.waitForCondition(session, suspended, looked);
  });

  alongside("does not come while nobody can tell", async () => {
    const { session } = await ready("linuxserver", { idle });
    const untold = await harness.waitForCondition(session, { type: "Active", status: "Unknown", reason: "NotKnown" });
    expect(message(untold)).to.contain("linuxserver images that stream by WebSocket cannot");
  });
});

function message(session: VDISession): string {
  return active(session)?.message ?? "";
}
