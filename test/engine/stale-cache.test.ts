import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { condition } from "../../operator/lifetime/idle-clock.ts";
import { OperatorUnderFault } from "./operator-under-fault.ts";

describe("an operator whose watches carry nothing, which it cannot know yet", function () {
  this.timeout(120_000);
  const world = new OperatorUnderFault("stale");
  after(() => world.close());

  it("does not end a session whose timeout was raised meanwhile", async () => {
    await world.open();
    const server = world.server();
    await (await world.operator(server)).ready();
    const session = await world.session("raised", { timeout: "20s" });
    // The warning is written to the session, and the answer would tell of the patch.
    await world.until(world.keyOf(session), (it) => condition(it?.status?.conditions, "Expiring") !== undefined);
    server.silenceWatches();
    await world.patch(session, { timeout: "8h" });
    await sleep(4_000);
    const asked = server.writes.filter(({ method, resource }) => method === "DELETE" && resource === "vdisessions");
    expect(asked).not.to.have.lengthOf(0);
    const left = await world.read(session);
    expect(left?.metadata.uid).to.equal(session.metadata.uid);
    expect(left?.metadata.deletionTimestamp).to.equal(undefined);
  });
});
