import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { OperatorUnderFault } from "./operator-under-fault.ts";
import type { RunningOperator } from "./operator-under-fault.ts";
import type { FaultyApiServer } from "./faulty-api-server.ts";

describe("two operators and one Lease", function () {
  this.timeout(180_000);
  const world = new OperatorUnderFault("leader");
  const running: RunningOperator[] = [];
  before(() => world.open());
  after(() => world.close());
  afterEach(() => Promise.all(running.splice(0).map((it) => it.kill())));

  async function operator(identity: string): Promise<{ it: RunningOperator; server: FaultyApiServer }> {
    const server = world.server();
    const it = await world.operator(server, { identity });
    running.push(it);
    await it.ready();
    return { it, server };
  }

  const leads = async ({ it }: { it: RunningOperator }) => {
    while (!it.log().includes("took the lease")) await sleep(20);
  };

  it("have one writer: who waits writes nothing, and takes over at once when the other is told to stop", async () => {
    const first = await operator("a-1");
    await leads(first);
    const second = await operator("a-2");
    await world.phase(await world.session("before"), "Running");
    const suspended = await world.session("suspended");
    await world.phase(suspended, "Running");
    expect(second.server.writes, "writes of who waits").to.have.lengthOf(0);

    const stoppedMs = Date.now();
    const ended = first.it.stop();
    await leads(second);
    const took = Date.now() - stoppedMs;
    expect(await ended, "exit code").to.equal(0);
    const lastOfFirst = first.server.writes.at(-1)?.atMs ?? 0;
    expect(second.server.writes.every(({ atMs }) => atMs >= lastOfFirst)).to.equal(true);
    expect(took, "milliseconds without a leader").to.be.below(6_000);
    await world.patch(suspended, { desiredState: "Suspended" });
    await world.phase(suspended, "Suspended");
  });

  it("are followed up within 20 s after kill -9, with what was half done brought to its end", async () => {
    const first = await operator("b-1");
    await leads(first);
    const second = await operator("b-2");
    first.server.fault = ({ resource, isWrite }) => {
      if (isWrite && resource === "pods") void first.it.kill();
      return isWrite && resource === "pods" ? { cut: "before" } : undefined;
    };
    const session = await world.session("orphan");
    await first.it.ended;
    const killedMs = Date.now();
    await leads(second);
    expect(Date.now() - killedMs, "milliseconds without a leader").to.be.within(5_000, 20_000);
    await world.phase(session, "Running");
    expect(await world.children(session)).to.have.lengthOf(5);
  });

  it("never write both: a leader that was frozen in the midst of a start writes nothing when it wakes up", async () => {
    const first = await operator("c-1");
    await leads(first);
    const second = await operator("c-2");
    // Frozen between two writes of one reconcile: the answers of the first batch wait for it.
    first.server.answered = ({ method, resource, body }) => {
      if (method === "POST" && resource === "secrets" && body.includes("frozen-")) first.it.process.kill("SIGSTOP");
    };
    const session = await world.session("frozen");
    await leads(second);
    await world.phase(session, "Running");
    const seen = first.server.writes.length;
    first.it.process.kill("SIGCONT");
    expect(await first.it.ended, "the exit code of who lost the Lease").to.equal(1);
    const late = first.server.writes.slice(seen).map(({ method, path }) => `${method} ${path}`);
    expect(late).to.deep.equal([]);
    expect(await world.children(session)).to.have.lengthOf(5);
  });
});
