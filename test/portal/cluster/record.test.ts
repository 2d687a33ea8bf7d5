import { setImmediate as turn } from "node:timers/promises";
import { expect } from "chai";
import type { AnyObject } from "../../../kube/object.ts";
import { PortalRecord, recordName } from "../../../portal/cluster/record.ts";
import { FakeClock } from "../../kube/fake-clock.ts";

describe("what the portal remembers", () => {
  const record = async (data?: Record<string, string>) => {
    const written: AnyObject[] = [];
    const metadata = { name: recordName, namespace: "system", resourceVersion: "10" };
    const kept: AnyObject = { apiVersion: "v1", kind: "ConfigMap", metadata, ...(data && { data }) };
    const over = new AbortController();
    const client = {
      listPage: () => Promise.resolve({ items: [kept], resourceVersion: "10" }),
      watch: () => new Promise<never>(() => undefined),
      mergePatch: (object: AnyObject) => {
        written.push(object);
        const resourceVersion = String(10 + written.length);
        return Promise.resolve({
          ...object,
          ...{ metadata: { ...metadata, resourceVersion }, data: { ...data, ...(object["data"] as object) } },
        });
      },
    };
    const one = new PortalRecord({ client, namespace: "system", clock: new FakeClock(), log: () => undefined });
    void one.run(over.signal);
    await one.synced;
    await turn();
    return { one, written };
  };

  it("is nothing at first, and nothing that somebody wrote by hand and cannot be read", async () => {
    for (const data of [
      undefined,
      { off: "{", usage: "[]", messages: "{}" },
      { off: '{"t":1}', usage: '{"months":{"a":1}}', messages: '[{"user":1}]' },
    ]) {
      const { one } = await record(data);
      expect([one.message, one.messages, one.off, one.usage]).to.deep.equal(["", [], {}, { months: {} }]);
    }
  });

  it("is known at once to who wrote it", async () => {
    const { one } = await record();
    await one.setMessage("Maintenance at noon");
    expect(one.message).to.equal("Maintenance at noon");
  });

  it("is told of when people see a difference, and not at each count", async () => {
    const { one } = await record();
    let told = 0;
    one.on(() => told++);
    expect(told).to.equal(1);
    await one.setUsage({ countedUntil: "2026-01-01T00:00:00Z", months: {} });
    expect([one.usage.countedUntil, told]).to.deep.equal(["2026-01-01T00:00:00Z", 1]);
    await one.setMessage("Maintenance at noon");
    await one.switchTemplate("a", "broken");
    expect(told).to.equal(3);
  });

  it("has one message to each user, and leaves those of others as they are", async () => {
    const { one, written } = await record({ messages: '[{"user":"__proto__","text":"odd"}]' });
    await one.setMessage("first", "alice");
    await one.setMessage("second", "alice");
    await one.closeMessage("alice", "first");
    expect([one.messageTo("alice"), one.messageTo("__proto__"), one.messageTo("bob")]).to.deep.equal([
      ...["second", "odd", ""],
    ]);
    await one.closeMessage("alice", "second");
    expect(one.messages).to.deep.equal([{ user: "__proto__", text: "odd" }]);
    expect(written.map((it) => it.metadata?.resourceVersion)).to.deep.equal(["10", "11", "12"]);
  });

  it("switches templates off and on beside others, and not over what another replica has written", async () => {
    const { one, written } = await record({ off: '{"a":{"reason":"old"}}' });
    await one.switchTemplate("b", "broken");
    await one.switchTemplate("a", undefined);
    expect(written.map((it) => (it["data"] as { off: string }).off)).to.deep.equal([
      '{"a":{"reason":"old"},"b":{"reason":"broken"}}',
      '{"b":{"reason":"broken"}}',
    ]);
    expect(written.map((it) => it.metadata?.resourceVersion)).to.deep.equal(["10", "11"]);
  });
});
