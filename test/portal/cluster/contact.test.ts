import { expect } from "chai";
import { Contact } from "../../../portal/cluster/contact.ts";
import { FakeClock } from "../../kube/fake-clock.ts";

describe("the portal's contact to the API server", () => {
  it("tells once when the API server goes and once when it is back, and asks every few seconds meanwhile", async () => {
    const clock = new FakeClock();
    const told: boolean[] = [];
    const over = new AbortController();
    let isThere = true;
    let asked = 0;
    const version = () => {
      asked++;
      return isThere ? Promise.resolve({ version: "v1", date: undefined }) : Promise.reject(new Error("refused"));
    };
    const contact = new Contact({ client: { version }, clock, changed: (isAway) => told.push(isAway) });
    const running = contact.run(over.signal);
    await clock.advance(10_000);
    expect([told, contact.isAway]).to.deep.equal([[], false]);
    isThere = false;
    await clock.advance(20_000);
    expect([told, contact.isAway]).to.deep.equal([[true], true]);
    isThere = true;
    await clock.advance(5_000);
    expect([told, contact.isAway]).to.deep.equal([[true, false], false]);
    expect(asked).to.be.within(7, 9);
    over.abort();
    await running;
  });
});
