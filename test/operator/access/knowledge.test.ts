import { expect } from "chai";
import { Knowledge } from "../../../operator/access/knowledge.ts";
import type { KnowledgeOptions } from "../../../operator/access/knowledge.ts";
import type { WatchEvent } from "../../../kube/watch-events.ts";
import { FakeClock } from "../../kube/fake-clock.ts";
import { aSession, aliceHost, domain } from "./a-session.ts";

describe("what the gateway goes by", () => {
  let clock: FakeClock;
  let isAway: boolean;
  /** Lets the watch of a kind say something. */
  let say: Record<string, (event: WatchEvent) => void>;
  const stop = new AbortController();
  let known: Knowledge;

  const client: KnowledgeOptions["client"] = {
    listPage: (_version, kind) => {
      if (isAway) return Promise.reject(new Error("connection refused"));
      const items = kind === "VDISession" ? [{ ...aSession(), kind } as object] : [];
      return Promise.resolve({ items, resourceVersion: "1" } as never);
    },
    watch: (_version, kind) => Promise.resolve(events(kind)),
  };

  async function* events(kind: string): AsyncIterable<WatchEvent> {
    for (;;) yield await new Promise<WatchEvent>((resolve) => (say[kind] = resolve));
  }

  const bookmark = (kind: string) => {
    say[kind]?.({ type: "BOOKMARK", object: { kind, metadata: { resourceVersion: "2" } } } as never);
    return new Promise((resolve) => setImmediate(resolve));
  };

  beforeEach(async () => {
    [clock, isAway, say] = [new FakeClock(), false, {}];
    known = new Knowledge({ client, namespace: "kasm-vdi", domain, clock, log: () => undefined });
    void known.run(stop.signal);
    await known.synced;
    await new Promise((resolve) => setImmediate(resolve));
  });
  after(() => stop.abort());

  it("are sessions, found by their host", () => {
    expect(known.sessions.store.by("host", aliceHost).map(({ metadata }) => metadata.name)).to.deep.equal(["alice"]);
    expect([known.isSynced, known.ageMs]).to.deep.equal([true, 0]);
  });

  it("is as old as the kind that was not heard of for longest; without changes the API server speaks up, too", async () => {
    await clock.advance(30_000);
    await bookmark("VDISession");
    expect(known.ageMs).to.equal(30_000);
    await clock.advance(10_000);
    await bookmark("VDITemplate");
    expect(known.ageMs).to.equal(10_000);
  });

  it("stays while the API server is away, and gets older", async () => {
    isAway = true;
    await clock.advance(600_000);
    expect(known.ageMs).to.be.greaterThan(500_000);
    expect(known.sessions.store.by("host", aliceHost)).to.have.lengthOf(1);
  });
});
