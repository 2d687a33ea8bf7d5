import { expect } from "chai";
import { namespaceOfItsOwn } from "./operator-fixture.ts";
import { OperatorHarness } from "./operator-harness.ts";

describe("a desktop whose credentials Secret was deleted by hand", function () {
  this.timeout(120_000);
  const harness = new OperatorHarness(namespaceOfItsOwn("password"));
  after(() => harness.close());

  it("has one again as soon as its pod is deleted", async () => {
    await harness.open();
    await harness.operator();
    const session = await harness.session({}, "lost");
    await harness.waitForPhase(session, "Running");
    const before = await harness.password(session);
    await harness.client.delete(harness.childKey("Secret", session));
    await harness.client.delete(harness.childKey("Pod", session));
    await harness.waitFor(harness.childKey("Secret", session), (it) => it !== undefined);
    expect(await harness.password(session)).not.to.equal(before);
    await harness.waitForCondition(session);
  });
});
