import { expect } from "chai";
import { labLayout } from "../../lab/cluster/layout.ts";
import { labStatus } from "../../lab/cluster/status.ts";
import { Forwarder } from "./forwarder.ts";
import { checkout } from "./lab-stack.ts";
import { OperatorHarness } from "./operator-harness.ts";

describe("an operator of a test's own", () => {
  const harness = new OperatorHarness();
  before(() => harness.open());
  after(() => harness.close());
  afterEach(() => harness.removeAll());

  const labsOwn = async () => (await labStatus(labLayout(checkout))).find(({ name }) => name === "operator")?.state;

  it("works in place of the lab's, and ends as it is told", async () => {
    expect(await labsOwn()).to.equal("stopped");
    const operator = await harness.operator();
    const session = await harness.session();
    await harness.waitForCondition(session);
    expect(await harness.children("Pod", session)).to.have.length(1);
    expect(await operator.metric("rest_client_requests_total", { method: "PATCH" })).to.be.greaterThan(0);
    await harness.removeAll();
    expect(await harness.read(session)).to.equal(undefined);
    expect(await operator.stop()).to.equal("ended with exit code 0");
  });

  it("is killed without a word, and another takes over", async () => {
    const one = await harness.operator();
    await one.kill();
    expect(await one.ended).to.equal("was ended by SIGKILL");
    const two = await harness.operator();
    await harness.waitForCondition(await harness.session());
    await two.stop();
  });

  it("finds the API server by way of a forwarder", async () => {
    const forwarder = new Forwarder(harness.apiServerPort);
    try {
      const operator = await harness.operator({ server: `https://127.0.0.1:${await forwarder.listen()}` });
      await harness.waitForCondition(await harness.session());
      expect(forwarder.connections).to.be.greaterThan(0);
      await operator.stop();
    } finally {
      forwarder.close();
    }
  });

  it("finds it by way of one that throttles, with the operator's rights", async () => {
    const server = harness.server();
    let refused = 0;
    server.fault = () => {
      if (Math.random() >= 0.1) return undefined;
      refused++;
      return { answer: 429, headers: { "retry-after": "1" } };
    };
    const operator = await harness.operator({ server });
    await harness.waitForCondition(await harness.session(), {}, 60_000);
    expect(refused).to.be.greaterThan(0);
    await operator.stop();
  });

  it("lives through a restart of the lab's API server", async () => {
    const operator = await harness.operator();
    await harness.restartApiServer(500);
    await harness.waitForCondition(await harness.session(), {}, 90_000);
    expect(operator.isRunning()).to.equal(true);
    await operator.stop();
  });
});
