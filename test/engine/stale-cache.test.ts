import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { condition } from "../../operator/lifetime/idle-clock.ts";
import { namespaceOfItsOwn } from "./operator-fixture.ts";
import { OperatorHarness } from "./operator-harness.ts";

describe("an operator whose watches carry nothing, which it cannot know yet", function () {
  this.timeout(120_000);
  const harness = new OperatorHarness(namespaceOfItsOwn("stale"));
  after(() => harness.close());

  it("does not end a session whose timeout was raised meanwhile", async () => {
    await harness.open();
    const server = harness.server();
    await harness.operator({ server });
    const session = await harness.session({ timeout: "20s" }, "raised");
    // The warning is written to the session, and the answer would tell of the patch.
    await harness.waitForSession(session, ({ status }) => condition(status?.conditions, "Expiring") !== undefined);
    server.silenceWatches();
    await harness.patch(session, { timeout: "8h" });
    await sleep(4_000);
    const asked = server.writes.filter(({ method, resource }) => method === "DELETE" && resource === "vdisessions");
    expect(asked).not.to.have.lengthOf(0);
    const left = await harness.read(session);
    expect(left?.metadata.uid).to.equal(session.metadata.uid);
    expect(left?.metadata.deletionTimestamp).to.equal(undefined);
  });
});
