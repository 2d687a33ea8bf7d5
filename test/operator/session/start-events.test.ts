import { expect } from "chai";
import { StartEvents } from "../../../operator/session/start-events.ts";
import { FakeClock } from "../../kube/fake-clock.ts";
import { ago, now, session, view } from "../status/views.ts";

describe("the events of a start", () => {
  it("are not kept of a session that was deleted before it was ready", async () => {
    const events = new StartEvents({
      client: { list: () => Promise.resolve([]) },
      namespace: "ns",
      clock: new FakeClock(),
    });
    const slow = { metadata: { name: "p", uid: "p-1", creationTimestamp: ago(60) } };
    await events.read(view({ pod: slow }), now);
    expect(events.size).to.equal(1);
    events.forget(session());
    expect(events.size).to.equal(0);
  });
});
