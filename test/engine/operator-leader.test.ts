import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { namespaceOfItsOwn } from "./operator-fixture.ts";
import type { OperatorProcess } from "../../lab/operator/operator-process.ts";
import { OperatorHarness } from "./operator-harness.ts";
import type { FaultyApiServer } from "./faulty-api-server.ts";

describe("two operators and one Lease", function () {
  this.timeout(180_000);
  const harness = new OperatorHarness(namespaceOfItsOwn("leader"));
  const running: OperatorProcess[] = [];
  before(() => harness.open());
  after(() => harness.close());
  // Who is told to stop gives the Lease back: the next test need not wait for its end.
  afterEach(() => Promise.all(running.splice(0).map((it) => it.stop())));

  async function operator(): Promise<{ it: OperatorProcess; server: FaultyApiServer }> {
    const server = harness.server();
    const it = await harness.operator({ server });
    running.push(it);
    return { it, server };
  }

  const leads = async ({ it }: { it: OperatorProcess }) => {
    while (!it.log().includes("took the lease")) await sleep(20);
  };

  it("have one writer: who waits writes nothing, and takes over at once when the other is told to stop", async () => {
    const first = await operator();
    await leads(first);
    const second = await operator();
    await harness.waitForPhase(await harness.session({}, "before"), "Running");
    const suspended = await harness.session({}, "suspended");
    await harness.waitForPhase(suspended, "Running");
    expect(second.server.writes, "writes of who waits").to.have.lengthOf(0);

    const stoppedMs = Date.now();
    const ended = first.it.stop();
    await leads(second);
    const took = Date.now() - stoppedMs;
    expect(await ended).to.equal("ended with exit code 0");
    const lastOfFirst = first.server.writes.at(-1)?.atMs ?? 0;
    expect(second.server.writes.every(({ atMs }) => atMs >= lastOfFirst)).to.equal(true);
    expect(took, "milliseconds without a leader").to.be.below(6_000);
    await harness.patch(suspended, { desiredState: "Suspended" });
    await harness.waitForPhase(suspended, "Suspended");
  });

  it("are followed up within 20 s after kill -9, with what was half done brought to its end", async () => {
    const first = await operator();
    await leads(first);
    const second = await operator();
    first.server.fault = ({ resource, isWrite }) => {
      if (isWrite && resource === "pods") void first.it.kill();
      return isWrite && resource === "pods" ? { cut: "before" } : undefined;
    };
    const session = await harness.session({}, "orphan");
    await first.it.ended;
    const killedMs = Date.now();
    await leads(second);
    expect(Date.now() - killedMs, "milliseconds without a leader").to.be.within(5_000, 20_000);
    await harness.waitForPhase(session, "Running");
    expect(await harness.childNames(session)).to.have.lengthOf(5);
  });

  it("never write both: a leader that was frozen in the midst of a start writes nothing when it wakes up", async () => {
    const first = await operator();
    await leads(first);
    const second = await operator();
    // Frozen between two batches of one reconcile, with none of the first on its way: the last answer waits for it.
    const firstBatch = new Set(["networkpolicies", "persistentvolumeclaims", "secrets"]);
    first.server.answered = ({ isWrite, resource, body }) => {
      if (!isWrite || !body.includes("frozen") || !firstBatch.delete(resource)) return;
      if (firstBatch.size === 0) process.kill(first.it.pid, "SIGSTOP");
    };
    const session = await harness.session({}, "frozen");
    await leads(second);
    await harness.waitForPhase(session, "Running");
    const seen = first.server.writes.length;
    process.kill(first.it.pid, "SIGCONT");
    expect(await first.it.ended, "who lost the Lease").to.equal("ended with exit code 1");
    const late = first.server.writes.slice(seen).map(({ method, path }) => `${method} ${path}`);
    expect(late).to.deep.equal([]);
    expect(await harness.childNames(session)).to.have.lengthOf(5);
  });
});
