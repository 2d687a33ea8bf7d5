import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import type { Notices, SessionView } from "../../../portal/api/schemas.ts";
import { follow } from "../../../portal/pages/follow.ts";
import { changed, nothingYet } from "../../../portal/pages/state.ts";

/** A stream that a proxy does not let through until it is told to. */
class BlockedStream extends EventTarget {
  static readonly OPEN = 1;
  static readonly all: BlockedStream[] = [];
  readyState = 0;
  onerror: (() => void) | undefined;

  constructor() {
    super();
    BlockedStream.all.push(this);
    queueMicrotask(() => this.onerror?.());
  }

  tell(type: string, data: object): void {
    this.readyState = BlockedStream.OPEN;
    this.dispatchEvent(new MessageEvent(type, { data: JSON.stringify(data) }));
  }

  close(): void {
    this.readyState = 2;
  }
}

describe("pages that no stream gets through to", () => {
  const browser = globalThis as unknown as Record<"EventSource" | "window" | "fetch", unknown>;
  const before = { EventSource: browser.EventSource, window: browser.window, fetch: browser.fetch };
  const answers: Record<string, unknown> = {};
  const warned = { name: "a", idleWarning: "suspended at noon" } as SessionView;
  let notices: Notices;
  let end: () => void = () => undefined;

  beforeEach(() => {
    BlockedStream.all.length = 0;
    notices = { message: "Maintenance at noon", ownMessage: "Save your work", isClusterAway: true };
    Object.assign(answers, { "/api/v1/sessions": [warned], "/api/v1/templates": [] });
    // Seconds pass as milliseconds.
    const setTimeout_ = (work: () => void, ms: number) => setTimeout(work, ms / 1_000);
    browser.window = { setTimeout: setTimeout_, clearTimeout };
    browser.EventSource = BlockedStream;
    browser.fetch = (path: string) =>
      Promise.resolve(Response.json(path === "/api/v1/notices" ? notices : answers[path]));
  });
  afterEach(() => {
    end();
    Object.assign(browser, before);
  });

  const known = () => {
    const seen = { desktops: nothingYet, connections: [] as string[] };
    end = follow(false, {
      change: (change) => (seen.desktops = changed(seen.desktops, change)),
      connection: (connection) => seen.connections.push(connection),
      signedOut: () => undefined,
    });
    return seen;
  };
  const until = async (isSo: () => boolean) => {
    for (let tries = 0; tries < 100 && !isSo(); tries++) await sleep(2);
    expect(isSo()).to.equal(true);
  };

  it("have messages, idle warnings and whether the cluster is away all the same, and take them back", async () => {
    const seen = known();
    await until(() => seen.desktops.sessions.length === 1);
    expect(seen.desktops).to.deep.equal({ ...notices, sessions: [warned], templates: [] });
    expect(new Set(seen.connections)).to.deep.equal(new Set(["polling"]));
    notices = { message: "", ownMessage: "", isClusterAway: false };
    await until(() => seen.desktops.message === "");
    expect(seen.desktops).to.deep.equal({ ...notices, sessions: [warned], templates: [] });
  });

  it("stop asking once a stream is through, and ask again when it breaks", async () => {
    const seen = known();
    await until(() => seen.connections.includes("polling"));
    const [stream] = BlockedStream.all;
    stream!.tell("state", { ...notices, sessions: [], templates: [], message: "by the stream" });
    expect([seen.desktops.message, seen.connections.at(-1)]).to.deep.equal(["by the stream", "live"]);
    stream!.tell("notice", { message: "", ownMessage: "yours" });
    expect([seen.desktops.message, seen.desktops.ownMessage]).to.deep.equal(["", "yours"]);
    const asked = seen.connections.length;
    await sleep(30);
    expect(seen.connections.length).to.equal(asked);
    stream!.readyState = 0;
    stream!.onerror?.();
    await until(() => seen.desktops.message === "Maintenance at noon");
    expect(seen.connections.at(-1)).to.equal("polling");
  });
});
