import { namespaceOfItsOwn } from "./operator-fixture.ts";
import { OperatorHarness } from "./operator-harness.ts";

describe("the namespace of sessions, when it is deleted", function () {
  this.timeout(120_000);
  const harness = new OperatorHarness(namespaceOfItsOwn("namespace"));
  before(() => harness.open());
  after(() => harness.close());

  it("comes to its end, with sessions in it that give their homes away", async () => {
    await harness.operator();
    const session = await harness.session({ persistence: { enabled: true, reclaim: "Delete" } }, "last");
    await harness.waitForPhase(session, "Running");
    const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: harness.namespace } };
    await harness.client.delete(namespace);
    await harness.waitForGone(namespace);
  });
});
