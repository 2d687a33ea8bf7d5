import { expect } from "chai";
import { OperatorHarness } from "./operator-harness.ts";
import { labStatus } from "../../lab/cluster/status.ts";
import { labLayout } from "../../lab/cluster/layout.ts";
import { checkout } from "./lab-stack.ts";

describe("an operator of a test's own", () => {
  const harness = new OperatorHarness();
  before(() => harness.open());
  after(() => harness.close());

  it("keeps the lab's own away, acts with the operator's rights alone, and ends as it is told", async () => {
    const lab = (await labStatus(labLayout(checkout))).find(({ name }) => name === "operator");
    expect(lab?.state).to.equal("stopped");
    const operator = await harness.operator();
    console.log(operator.log(), operator.residentBytes());
    const s = await harness.session();
    expect((await harness.read(s))?.spec.user).to.equal(s.spec.user);
    console.log(await operator.stop());
    const two = await harness.operator();
    await two.kill();
    console.log(await two.ended);
  });
});
