import { expect } from "chai";
import fc from "fast-check";
import { watchEvents } from "../../kube/watch-events.ts";

describe("the events of a watch", () => {
  it("are the same however the network cuts them, inside a character too", async () => {
    const events = ["é", "日本", "x".repeat(50)].map((name) => ({ type: "ADDED", object: { metadata: { name } } }));
    const bytes = Buffer.from(events.map((event) => `${JSON.stringify(event)}\n`).join(""));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(bytes.length), { maxLength: 8 }), async (cuts) => {
        const edges = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        const chunks = edges.slice(1).map((end, index) => bytes.subarray(edges[index], end));
        expect(await collect(watchEvents(from(chunks)))).to.deep.equal(events);
      }),
    );
  });

  it("leave out a last line that was not sent to its end", async () => {
    const bytes = Buffer.from('{"type":"ADDED","object":{}}\n{"type":"DEL');
    expect(await collect(watchEvents(from([bytes])))).to.have.length(1);
  });
});

async function* from(chunks: Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield await Promise.resolve(chunk);
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}
