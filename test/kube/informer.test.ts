import { ApiException } from "@kubernetes/client-node";
import { expect } from "chai";
import type { ObjectPage, PageOptions, WatchOptions } from "../../kube/client.ts";
import { Informer } from "../../kube/informer.ts";
import type { InformerOptions } from "../../kube/informer.ts";
import type { AnyObject } from "../../kube/object.ts";
import { UnknownKindError } from "../../kube/plain-object-api.ts";
import type { WatchEvent } from "../../kube/watch-events.ts";
import { FakeClock, settled } from "./fake-clock.ts";

const object = (name: string, version: string): AnyObject => ({
  metadata: { name, namespace: "ns", resourceVersion: version, uid: `uid-${name}` },
});
const failure = (code: number, headers = {}) => new ApiException(code, "", "{}", headers);
const page = (resourceVersion: string, ...items: AnyObject[]): ObjectPage => ({ resourceVersion, items });

/** A watch that a test feeds. */
class FakeWatch {
  readonly #events: (WatchEvent | Error | "end")[] = [];
  #wake: () => void = () => undefined;

  send(type: WatchEvent["type"], of: WatchEvent["object"]): this {
    return this.#push({ type, object: of });
  }
  end(error?: Error): this {
    return this.#push(error ?? "end");
  }
  #push(event: WatchEvent | Error | "end"): this {
    this.#events.push(event);
    this.#wake();
    return this;
  }
  async *events(signal: AbortSignal): AsyncGenerator<WatchEvent> {
    signal.addEventListener("abort", () => this.end(signal.reason as Error));
    for (;;) {
      const event = this.#events.shift();
      if (event === "end") return;
      if (event instanceof Error) throw event;
      if (event) yield event;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

describe("an informer", () => {
  let clock: FakeClock;
  let stop: AbortController;
  let pages: (ObjectPage | Error)[];
  let watches: (FakeWatch | Error)[];
  let requests: string[];
  let told: string[];
  let logged: string[];

  beforeEach(() => {
    [pages, watches, requests, told, logged] = [[], [], [], [], []];
    [clock, stop] = [new FakeClock(), new AbortController()];
  });
  afterEach(() => stop.abort());

  const client = {
    async listPage(_apiVersion: string, _kind: string, options: PageOptions = {}): Promise<ObjectPage> {
      requests.push(`list ${options.continue ?? ""}${options.limit ?? "all"}`);
      const next = pages.length > 1 ? pages.shift()! : pages[0]!;
      await Promise.resolve();
      if (next instanceof Error) throw next;
      return structuredClone(next);
    },
    async watch(_apiVersion: string, _kind: string, { resourceVersion, signal }: WatchOptions) {
      requests.push(`watch ${resourceVersion}`);
      const next = watches.shift() ?? new FakeWatch();
      await Promise.resolve();
      if (next instanceof Error) throw next;
      return next.events(signal);
    },
  };

  async function start(options: InformerOptions<AnyObject> = {}): Promise<Informer> {
    const log = (message: string) => logged.push(message);
    const informer = new Informer(client, { apiVersion: "v1", kind: "ConfigMap" }, { clock, log, ...options });
    informer.on({
      add: ({ metadata }) => told.push(`+${metadata?.name ?? ""}`),
      update: ({ metadata }, before) =>
        told.push(
          `~${metadata?.name ?? ""} ${before.metadata?.resourceVersion ?? ""}->${metadata?.resourceVersion ?? ""}`,
        ),
      delete: ({ metadata }, isLastKnown) => told.push(`-${metadata?.name ?? ""}${isLastKnown ? " (unseen)" : ""}`),
    });
    void informer.run(stop.signal);
    await settled();
    return informer;
  }
  const pass = async (ms: number) => {
    await clock.advance(ms);
    await settled();
  };

  it("reads all pages, then follows from the version of the last", async () => {
    pages = [{ ...page("5", object("a", "1")), continue: "next " }, page("5", object("b", "2"))];
    const informer = await start();
    await informer.synced;
    expect(requests).to.deep.equal(["list 500", "list next 500", "watch 5"]);
    expect(told).to.deep.equal(["+a", "+b"]);
  });

  it("tells of what is added, changed and deleted, in this order", async () => {
    pages = [page("5", object("a", "1"))];
    watches = [
      new FakeWatch()
        .send("ADDED", object("b", "6"))
        .send("MODIFIED", object("a", "7"))
        .send("DELETED", object("b", "8")),
    ];
    await start();
    expect(told).to.deep.equal(["+a", "+b", "~a 1->7", "-b"]);
  });

  it("lists anew when asked to, and waits for a list that began after that", async () => {
    let answer: (late: ObjectPage) => void = () => undefined;
    pages = [page("5", object("a", "1"))];
    const informer = await start();
    requests.length = 0;
    // A list that was asked for before, and is answered afterwards, may lack what was written in between.
    const before = new Promise<ObjectPage>((resolve) => (answer = resolve));
    const listPage = client.listPage.bind(client);
    let lists = 0;
    client.listPage = (...asked) => (lists++ === 0 ? before : listPage(...asked));
    try {
      void informer.relist();
      await pass(1);
      let isDone = false;
      const again = informer.relist().then(() => (isDone = true));
      pages = [page("9", object("a", "1"), object("b", "8"))];
      answer(page("7", object("a", "1")));
      await pass(1);
      await again;
      expect(isDone).to.equal(true);
      expect(informer.store.get("ns/b")).not.to.equal(undefined);
      await settled();
      expect(requests.at(-1)).to.equal("watch 9");
    } finally {
      client.listPage = listPage;
    }
  });

  it("takes nothing in again that a new list has in the very same version: of a large one there would be two", async () => {
    const taken: string[] = [];
    const trim = (it: AnyObject) => {
      taken.push(`${it.metadata?.name ?? ""} ${it.metadata?.resourceVersion ?? ""}`);
      return it;
    };
    const other = { metadata: { ...object("c", "3").metadata, uid: "another" } };
    pages = [page("5", object("a", "1"), object("b", "2"), object("c", "3"))];
    const informer = await start({ trim });
    const kept = informer.store.get("ns/a");
    taken.length = 0;
    pages = [page("9", object("a", "1"), object("b", "7"), other)];
    const again = informer.relist();
    await pass(1);
    await again;
    expect(taken).to.deep.equal(["b 7", "c 3"]);
    expect(informer.store.get("ns/a")).to.equal(kept);
    expect(told.slice(3)).to.have.members(["~b 2->7", "-c (unseen)", "+c"]);
  });

  it("tells late handlers of what is there", async () => {
    pages = [page("5", object("a", "1"))];
    const informer = await start();
    const late: AnyObject[] = [];
    informer.on({ add: (it) => late.push(it) });
    expect(late).to.have.length(1);
  });

  it("starts anew, all in one page, when the pages' version expires in between", async () => {
    pages = [{ ...page("5", object("a", "1")), continue: "next " }, failure(410), page("9", object("a", "1"))];
    await start();
    await pass(300);
    expect(requests).to.deep.equal(["list 500", "list next 500", "list all", "watch 9"]);
    expect(told).to.deep.equal(["+a"]);
  });

  for (const [how, watch] of [
    ["within the watch", () => new FakeWatch().send("ERROR", { code: 410, message: "too old" })],
    ["as an answer", () => failure(410)],
  ] as const)
    it(`lists anew when the version has expired, told ${how}, and tells the difference alone`, async () => {
      pages = [page("5", object("a", "1"), object("b", "2")), page("9", object("b", "2"), object("c", "9"))];
      watches = [watch()];
      await start();
      await pass(300);
      expect(requests).to.deep.equal(["list 500", "watch 5", "list 500", "watch 9"]);
      expect(told).to.deep.equal(["+a", "+b", "-a (unseen)", "+c"]);
    });

  it("goes on from the last bookmark when the server ends a watch", async () => {
    pages = [page("5")];
    const watch = new FakeWatch().send("BOOKMARK", { metadata: { resourceVersion: "7" } });
    watches = [watch];
    await start();
    await pass(300_000 / 4);
    watch.end();
    await settled();
    expect(requests).to.deep.equal(["list 500", "watch 5", "watch 7"]);
  });

  it("leaves a watch that is silent for longer than the minute between bookmarks", async () => {
    pages = [page("5")];
    await start();
    await pass(89_000);
    expect(requests).to.have.length(2);
    await pass(2_000);
    expect(requests).to.deep.equal(["list 500", "watch 5", "watch 5"]);
    expect(logged.join()).to.include("nothing was heard for 90 s");
  });

  it("stays with a watch on which bookmarks arrive", async () => {
    pages = [page("5")];
    const watch = new FakeWatch();
    watches = [watch];
    await start();
    for (let minute = 0; minute < 10; minute++) {
      await pass(60_000);
      watch.send("BOOKMARK", { metadata: { resourceVersion: "7" } });
      await settled();
    }
    expect(requests).to.have.length(2);
  });

  it("lists anew once a server that was away is back, and asks it less and less meanwhile", async () => {
    pages = [page("5", object("a", "1")), new TypeError("fetch failed")];
    const watch = new FakeWatch();
    watches = [watch, new TypeError("fetch failed")];
    await start();
    await pass(60_000);
    watch.end(new TypeError("terminated"));
    await pass(60_000);
    expect(requests.length).to.be.within(10, 22);
    pages = [page("9", object("a", "1"))];
    await pass(14_000);
    expect(requests.slice(-2)).to.deep.equal(["list 500", "watch 9"]);
    expect(told).to.deep.equal(["+a"]);
  });

  it("waits as long as a throttling server asks", async () => {
    pages = [failure(429, { "retry-after": "7" }), page("5")];
    await start();
    await pass(6_900);
    expect(requests).to.deep.equal(["list 500"]);
    await pass(4_000);
    expect(requests).to.deep.equal(["list 500", "list 500", "watch 5"]);
  });

  it("counts a kind that the cluster does not have as empty, and finds it when it comes", async () => {
    pages = [new UnknownKindError("vdi.kasm.io/v1alpha1", "VDISession"), page("5", object("a", "1"))];
    const informer = await start();
    expect(informer.isSynced).to.equal(true);
    await pass(2_500);
    expect(told).to.deep.equal(["+a"]);
  });

  it("goes on when a handler throws, and says so", async () => {
    pages = [page("5", object("a", "1"))];
    const informer = await start();
    informer.on({
      add: () => {
        throw new Error("my bug");
      },
    });
    expect(logged.join()).to.include("my bug");
    expect(informer.store.size).to.equal(1);
  });

  it("repeats nothing of its own accord, only when asked to", async () => {
    pages = [page("5", object("a", "1"))];
    const informer = await start();
    told = [];
    informer.resync();
    expect(told).to.deep.equal(["~a 1->1"]);
  });

  it("takes in what a write answered ahead of the watch, which then tells nothing twice", async () => {
    pages = [page("5", object("a", "1"))];
    const watch = new FakeWatch();
    watches = [watch];
    const informer = await start();
    informer.observe(object("b", "6"));
    expect(told).to.deep.equal(["+a", "+b"]);
    watch.send("ADDED", object("b", "6"));
    await settled();
    expect(told).to.deep.equal(["+a", "+b"]);
  });

  it("does not take in what the watch is past: the object may be gone by now", async () => {
    pages = [page("5")];
    watches = [new FakeWatch().send("ADDED", object("b", "6")).send("DELETED", object("b", "7"))];
    const informer = await start();
    informer.observe(object("b", "6"));
    expect(informer.store.size).to.equal(0);
  });

  it("does not go back to an older state that the watch brings after a write's answer", async () => {
    pages = [page("5", object("a", "1"))];
    const watch = new FakeWatch();
    watches = [watch];
    const informer = await start();
    informer.observe(object("a", "9"));
    watch.send("MODIFIED", object("a", "8"));
    await settled();
    expect(informer.store.get("ns/a")?.metadata?.resourceVersion).to.equal("9");
  });

  it("keeps what was written while a list was read that does not know of it", async () => {
    pages = [page("5", object("a", "1")), page("9", object("a", "1"))];
    watches = [new FakeWatch().send("ERROR", { code: 410, message: "too old" }), new FakeWatch()];
    const informer = await start();
    informer.observe(object("a", "10"));
    informer.observe(object("b", "11"));
    await pass(300);
    expect(requests).to.include("watch 9");
    expect(told).to.deep.equal(["+a", "~a 1->10", "+b"]);
  });

  it("believes a whole list alone when the server went back in time: its etcd was restored", async () => {
    pages = [page("50", object("a", "40"), object("b", "45")), page("9", object("a", "8"))];
    watches = [failure(410)];
    const informer = await start();
    await pass(300);
    expect([...informer.store.values()]).to.deep.equal([object("a", "8")]);
  });

  it("leaves no timer and asks nothing more once it is stopped", async () => {
    pages = [page("5")];
    await start();
    stop.abort();
    await settled();
    await pass(600_000);
    expect(requests).to.have.length(2);
    expect(clock.pending).to.equal(0);
  });
});
