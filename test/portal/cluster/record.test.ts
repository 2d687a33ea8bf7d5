import { setImmediate as turn } from "node:timers/promises";
import { expect } from "chai";
import type { AnyObject } from "../../../kube/object.ts";
import { PortalRecord, recordName } from "../../../portal/cluster/record.ts";
import { counted } from "../../../portal/view/usage.ts";
import { noUsage } from "../../../portal/view/usage-record.ts";
import { FakeClock } from "../../kube/fake-clock.ts";

describe("what the portal remembers", () => {
  const record = async (data?: Record<string, string>) => {
    const written: AnyObject[] = [];
    const log: string[] = [];
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
    const one = new PortalRecord({
      client,
      namespace: "system",
      clock: new FakeClock(),
      log: (line) => log.push(line),
    });
    void one.run(over.signal);
    await one.synced;
    await turn();
    return { one, written, log };
  };

  it("is nothing at first", async () => {
    for (const data of [undefined, { off: "", usage: "", messages: "" }]) {
      const { one, log } = await record(data);
      expect([one.message, one.messages, one.off, one.usage]).to.deep.equal(["", [], {}, noUsage]);
      await one.setUsage(noUsage);
      expect(log).to.deep.equal([]);
    }
  });

  it("is never written over where it cannot be read, and the log says so once", async () => {
    for (const data of [
      { off: "{", usage: "[]", messages: "{}" },
      { off: '{"t":1}', usage: '{"months":{"a":1}}', messages: '[{"user":1}]' },
      { off: "[]", usage: '{"countedUntil":"noon","months":{}}', messages: "null" },
    ]) {
      const { one, written, log } = await record(data);
      for (let count = 0; count < 3; count++) {
        expect([one.messages, one.off, one.usage]).to.deep.equal([[], {}, noUsage]);
        for (const write of [
          () => one.setUsage({ countedUntil: "2026-01-01T00:00:00Z", months: new Map() }),
          () => one.setMessage("hello", "alice"),
          () => one.switchTemplate("a", "broken"),
        ])
          expect(await write().catch((error: unknown) => error)).to.include({ status: 409 });
      }
      expect(written).to.deep.equal([]);
      expect(log).to.have.members(
        ["messages", "off", "usage"].map(
          (key) =>
            `"${key}" of ConfigMap system/${recordName} cannot be read, and is not written over: mend it, or take it out`,
        ),
      );
      // The rest of it is none the worse.
      await one.setMessage("Maintenance at noon");
      expect(one.message).to.equal("Maintenance at noon");
    }
  });

  it("keeps the usage of thousands, and of people with names that every object has", async () => {
    const { one, written } = await record();
    const names = ["constructor", "__proto__", "toString", ...Array.from({ length: 3_000 }, (_, at) => `user-${at}`)];
    const holders = names.map((user) => ({ user, sinceMs: 0 }));
    const first = Date.parse("2026-01-01T00:00:00Z");
    for (let minute = 0; minute < 3; minute++) await one.setUsage(counted(one.usage, holders, first + minute * 60_000));
    expect(written).to.have.length(3);
    expect([...(one.usage.months.get("2026-01") ?? [])]).to.deep.equal(names.map((user) => [user, 120]));
    const again = await record({ usage: (written.at(-1)!["data"] as { usage: string }).usage });
    expect(again.one.usage).to.deep.equal(one.usage);
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
    await one.setUsage({ countedUntil: "2026-01-01T00:00:00Z", months: new Map() });
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
