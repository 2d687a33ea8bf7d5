import { expect } from "chai";
import { ApiException } from "@kubernetes/client-node";
import { poll } from "../../../../../lab/plugins/kubernetes/await/polling.ts";

const refused = () =>
  new TypeError("fetch failed", { cause: Object.assign(new Error("connect"), { code: "ECONNREFUSED" }) });
const options = (over: Partial<Parameters<typeof poll>[1]> = {}) => ({
  signal: new AbortController().signal,
  timeoutSeconds: 5,
  onOutage: () => undefined,
  ...over,
});

/** Gives the answers one after the other; a function is called (to throw). */
function script<T>(...answers: (T | undefined | (() => never))[]): () => Promise<T | undefined> {
  return async () => {
    const next = answers.shift();
    await Promise.resolve();
    return next instanceof Function ? next() : next;
  };
}
const fail = (error: Error) => (): never => {
  throw error;
};

describe("polling", () => {
  it("rides out an API server that is away, and tells of the outage once", async () => {
    const told: string[] = [];
    const look = script<string>(fail(refused()), fail(new ApiException(503, "", "", {})), "ready");
    expect(await poll(look, options({ onOutage: (problem) => told.push(problem) }))).to.equal("ready");
    expect(told).to.deep.equal(["ECONNREFUSED"]);
  });

  it("takes a refusal right after an outage for a server that is still starting", async () => {
    const look = script<string>(fail(refused()), fail(new ApiException(403, "", "", {})), "ready");
    expect(await poll(look, options())).to.equal("ready");
  });

  it("ends at once on an error that waiting does not heal", async () => {
    const forbidden = new ApiException(403, "no", "", {});
    const error: unknown = await poll(script(fail(forbidden)), options()).catch((one: unknown) => one);
    expect(error).to.equal(forbidden);
  });

  it("ends at its time even when a request hangs", async () => {
    const began = Date.now();
    const hang = () => new Promise<undefined>(() => undefined);
    expect(await poll(hang, options({ timeoutSeconds: 0.1 }))).to.equal("timeout");
    expect(Date.now() - began).to.be.below(1000);
  });

  it("ends within a second of a cancel", async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 50);
    const began = Date.now();
    expect(await poll(async () => Promise.resolve(undefined), options({ signal: controller.signal }))).to.equal(
      "cancelled",
    );
    expect(Date.now() - began).to.be.below(1000);
  });
});
