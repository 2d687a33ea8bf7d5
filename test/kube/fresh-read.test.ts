import { expect } from "chai";
import { FreshRead } from "../../kube/fresh-read.ts";
import { settled } from "./fake-clock.ts";

describe("a fresh read", () => {
  let begun: ((value: string | Error) => void)[];
  let fresh: FreshRead<string>;

  beforeEach(() => {
    begun = [];
    fresh = new FreshRead(
      () =>
        new Promise((resolve, reject) =>
          begun.push((value) => (value instanceof Error ? reject(value) : resolve(value))),
        ),
    );
  });

  it("gives nobody what was asked for before their call, and is shared by those who come meanwhile", async () => {
    const first = fresh.get();
    await settled();
    const [second, third] = [fresh.get(), fresh.get()];
    await settled();
    expect(begun).to.have.length(1);
    begun[0]!("old");
    expect(await first).to.equal("old");
    await settled();
    expect(begun).to.have.length(2);
    begun[1]!("new");
    expect(await Promise.all([second, third])).to.deep.equal(["new", "new"]);
  });

  it("goes on after one that failed, of which only its askers hear", async () => {
    const first = fresh.get();
    await settled();
    const second = fresh.get();
    begun[0]!(new Error("away"));
    expect(await first.catch((error: unknown) => error)).to.be.instanceOf(Error);
    await settled();
    begun[1]!("new");
    expect(await second).to.equal("new");
  });
});
