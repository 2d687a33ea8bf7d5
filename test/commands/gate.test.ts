import { expect } from "chai";
import { isApiAway, waitUntil } from "../../commands/gate.ts";
import type { Poll } from "../../commands/gate.ts";

/** Looks that come one after the other; the last one stays. */
function polls<T>(...seen: (Poll<T> | Error)[]): () => Promise<Poll<T>> {
  let next = 0;
  return () => {
    const poll = seen[Math.min(next++, seen.length - 1)];
    return poll instanceof Error ? Promise.reject(poll) : Promise.resolve(poll as Poll<T>);
  };
}

const refused = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:6443"), { code: "ECONNREFUSED" });

function patience(timeoutSeconds = 60) {
  const said: string[] = [];
  let clock = 0;
  // every look takes a second
  return { said, timeoutSeconds, pauseMs: 0, say: (line: string) => said.push(line), now: () => (clock += 1000) };
}

describe("waitUntil", () => {
  it("gives what was looked for as soon as it is there", async () => {
    expect(await waitUntil(polls({ waiting: "not yet" }, { done: 7 }), patience())).to.equal(7);
  });

  it("says why it waits, and each reason once", async () => {
    const how = patience();
    await waitUntil(polls({ waiting: "a" }, { waiting: "a" }, { waiting: "b" }, { done: 1 }), how);
    expect(how.said).to.deep.equal(["waiting: a", "waiting: b"]);
  });

  it("gives up with the last reason", async () => {
    const error = await waitUntil(polls<number>({ waiting: "node a is slow" }), patience(3)).catch((e: unknown) => e);
    expect(error).to.be.instanceOf(Error).with.property("message", "node a is slow\nGave up after 3 s.");
  });

  it("survives an API server that is away for a while", async () => {
    const how = patience();
    expect(await waitUntil(polls<number>(refused, refused, { done: 1 }), how)).to.equal(1);
    expect(how.said).to.deep.equal(["waiting: the API server cannot be reached (connect ECONNREFUSED 127.0.0.1:6443)"]);
  });

  it("ends at once for what waiting does not mend", async () => {
    const how = patience();
    const error = await waitUntil(polls<number>(new Error("forbidden")), how).catch((e: unknown) => e);
    expect(error).to.have.property("message", "forbidden");
    expect(how.said).to.deep.equal([]);
  });
});

describe("isApiAway", () => {
  it("knows a refused connection behind the client's own error", () => {
    expect(isApiAway(new TypeError("fetch failed", { cause: refused }))).to.equal(true);
    expect(isApiAway(new TypeError("undefined is not a function"))).to.equal(false);
  });
});
