import { expect } from "chai";
import type { AnyObject } from "../../kube/client.ts";
import { condition } from "../../operator/lifetime/idle-clock.ts";
import { OperatorUnderFault } from "./operator-under-fault.ts";

describe("a desktop whose credentials Secret was deleted by hand", function () {
  this.timeout(120_000);
  const world = new OperatorUnderFault("password");
  after(() => world.close());

  it("has one again as soon as its pod is deleted", async () => {
    await world.open();
    await (await world.operator(world.server())).ready();
    const session = await world.session("lost");
    await world.phase(session, "Running");
    const before = await world.password(session);
    await world.client.delete(world.childKey("Secret", session));
    await world.client.delete(world.childKey("Pod", session));
    await world.until<AnyObject>(world.childKey("Secret", session), (it) => it !== undefined);
    expect(await world.password(session)).not.to.equal(before);
    await world.until(world.keyOf(session), (it) => condition(it?.status?.conditions, "Ready")?.status === "True");
  });
});
