import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import type { OperatorProcess } from "../../lab/operator/operator-process.ts";
import type { VDISession } from "../../operator/api/objects.ts";
import type { Fault, SeenRequest } from "./faulty-api-server.ts";
import { namespaceOfItsOwn } from "./operator-fixture.ts";
import { OperatorHarness } from "./operator-harness.ts";

describe("an operator whose API server is not well", function () {
  this.timeout(180_000);
  const harness = new OperatorHarness(namespaceOfItsOwn("api"));
  const server = harness.server();
  const pod = "operator-0";
  let operator: OperatorProcess;

  before(async () => {
    await harness.open();
    operator = await harness.operator({ pod, server });
  });
  after(() => harness.close());
  afterEach(() => {
    server.fault = () => undefined;
    expect(operator.isRunning(), operator.log().slice(-2_000)).to.equal(true);
  });

  /** Lets requests fail for a while, with a session made meanwhile. @returns requests per second */
  async function during(seconds: number, fault: (request: SeenRequest) => Fault | undefined): Promise<number> {
    const before = server.requests.length;
    // Whoever cannot renew its Lease for ten seconds ends: these faults are shorter, counted from a renewal.
    const renewals = () =>
      server.requests.filter(({ resource, method }) => resource === "leases" && method === "PATCH").length;
    for (const seen = renewals(); renewals() === seen;) await sleep(20);
    server.fault = fault;
    await sleep(seconds * 1000);
    server.fault = () => undefined;
    return (server.requests.length - before) / seconds;
  }

  async function startsWithin(session: VDISession, ms: number): Promise<void> {
    await harness.waitForPhase(session, "Running", ms);
    expect(await harness.childNames(session)).to.have.lengthOf(5);
  }

  it("reads on where a watch ended with 410 Gone, and misses nothing", async () => {
    const session = await harness.session({}, "expired");
    await harness.waitForPhase(session, "Running");
    server.expireWatches();
    await harness.patch(session, { desiredState: "Suspended" });
    await harness.waitForPhase(session, "Suspended", 15_000);
  });

  it("keeps its watches while the Lease's answers are slow", async () => {
    const watches = () => server.requests.filter(({ isWatch }) => isWatch).length;
    const before = watches();
    let slow = 1;
    await during(9, ({ resource }) => (resource === "leases" && slow-- > 0 ? { wait: sleep(4_000) } : undefined));
    expect(watches(), "watches that were begun anew").to.equal(before);
    await startsWithin(await harness.session({}, "slow-lease"), 30_000);
  });

  it("ends nobody's session while its clock says that the time is over and the operator's does not", async () => {
    const session = await harness.session({ timeout: "8h" }, "clock");
    await harness.waitForPhase(session, "Running");
    server.aheadMs = 9 * 3_600_000;
    try {
      while (!operator.log().includes("no session is ended or suspended by time")) await sleep(50);
      expect(await operator.metric("vdi_time_in_doubt")).to.equal(1);
      await harness.patch(session, { idle: { after: "1h", action: "Suspend", warnBefore: "5m" } });
      await sleep(5_000);
      expect((await harness.read(session))?.metadata.deletionTimestamp).to.equal(undefined);
      await harness.waitForPhase(session, "Running");
    } finally {
      server.aheadMs = 0;
    }
    while (!operator.log().includes("the clocks agree again")) await sleep(50);
  });

  it("goes on after all connections broke and none could be made for five seconds", async () => {
    const session = await harness.session({ desiredState: "Suspended" }, "restarted");
    await harness.waitForPhase(session, "Suspended");
    const outage = during(5, () => ({ cut: "before" }));
    await sleep(2_100);
    server.cutAll();
    await harness.patch(session, { desiredState: "Running" });
    const perSecond = await outage;
    expect(perSecond, "requests per second").to.be.below(60);
    await startsWithin(session, 30_000);
  });

  it("waits as it is told by 429, and does what it was asked once it may", async () => {
    const session = await harness.session({}, "throttled");
    const answer = { answer: 429, headers: { "retry-after": "1" } };
    // API Priority and Fairness keeps a level of its own for Leases, so that a flood of other requests changes no leader.
    const perSecond = await during(8, ({ resource }) =>
      resource !== "leases" && Math.random() < 0.7 ? answer : undefined,
    );
    expect(perSecond, "requests per second").to.be.below(60);
    await startsWithin(session, 30_000);
  });

  it("asks less and less when writes fail with 500, and starts the session when they do not", async () => {
    const before = server.writes.length;
    const sessions = await Promise.all([1, 2, 3].map((it) => harness.session({}, `failing-${it}`)));
    await during(8, ({ isWrite }) => (isWrite ? { answer: 500 } : undefined));
    // Per session and second: a first attempt writes up to five things at once, each repetition comes later than the last.
    expect((server.writes.length - before) / 3 / 8, "writes per session and second").to.be.below(5);
    for (const session of sessions) await startsWithin(session, 45_000);
  });

  it("ends when it cannot renew its Lease, and the next process goes on", async () => {
    const session = await harness.session({}, "outage");
    server.fault = () => ({ answer: 503 });
    expect(await operator.ended).to.equal("ended with exit code 1");
    server.fault = () => undefined;
    operator = await harness.operator({ pod, server });
    await startsWithin(session, 30_000);
  });
});
