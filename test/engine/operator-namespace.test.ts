import { OperatorUnderFault } from "./operator-under-fault.ts";

describe("the namespace of sessions, when it is deleted", function () {
  this.timeout(120_000);
  const world = new OperatorUnderFault("namespace");
  before(() => world.open());
  after(() => world.close());

  it("comes to its end, with sessions in it that give their homes away", async () => {
    await (await world.operator(world.server())).ready();
    const session = await world.session("last", { persistence: { enabled: true, reclaim: "Delete" } });
    await world.phase(session, "Running");
    const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: world.namespace } };
    await world.client.delete(namespace);
    await world.until(namespace, (it) => it === undefined, 60_000);
  });
});
