import { expect } from "chai";
import type { ObjectPage, WatchOptions } from "../../kube/client.ts";
import type { AnyObject } from "../../kube/object.ts";
import { WaitTimeoutError, waitForObject } from "../../kube/wait-for.ts";
import type { WatchEvent } from "../../kube/watch-events.ts";

const key = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "one", namespace: "ns" } };
const version = (resourceVersion: string): AnyObject => ({ ...key, metadata: { ...key.metadata, resourceVersion } });
const versionOf = (object: AnyObject | undefined) => object?.metadata?.resourceVersion;

/** One list and one watch; what is asked for is kept. */
function source(listed: AnyObject[], ...events: WatchEvent[]) {
  const asked: object[] = [];
  return {
    asked,
    listPage: (...question: unknown[]): Promise<ObjectPage> => {
      asked.push(question);
      return Promise.resolve({ resourceVersion: "1", items: listed });
    },
    watch: (_apiVersion: string, _kind: string, { signal }: WatchOptions): Promise<AsyncIterable<WatchEvent>> =>
      Promise.resolve(
        (async function* () {
          yield* events;
          if (!signal.aborted) await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
        })(),
      ),
  };
}

describe("waiting for an object", () => {
  it("ends at once when it is as awaited, and follows no other object", async () => {
    const client = source([version("1")]);
    expect(versionOf(await waitForObject(client, key, (it) => it !== undefined, { timeoutMs: 1_000 }))).to.equal("1");
    expect(JSON.stringify(client.asked))
      .to.contain('"fieldSelector":"metadata.name=one"')
      .and.contain('"namespace":"ns"');
  });

  it("ends with the change that brings it, its end included", async () => {
    const change = { type: "MODIFIED", object: version("2") } as const;
    const client = source([version("1")], change, { type: "DELETED", object: version("3") });
    const seen: (string | undefined)[] = [];
    const isGone = (it: AnyObject | undefined) => {
      seen.push(versionOf(it));
      return it === undefined;
    };
    expect(await waitForObject(client, key, isGone, { timeoutMs: 1_000 })).to.equal(undefined);
    expect([...new Set(seen)]).to.deep.equal(["1", "2", undefined]);
  });

  it("is over in time, with the object as it was last seen", async () => {
    const change = { type: "MODIFIED", object: version("2") } as const;
    const error: unknown = await waitForObject(source([version("1")], change), key, () => false, {
      timeoutMs: 20,
    }).catch((it: unknown) => it);
    expect(error).to.be.instanceOf(WaitTimeoutError);
    expect(versionOf((error as WaitTimeoutError).last as AnyObject)).to.equal("2");
    expect((error as Error).message).to.equal("ConfigMap one was not as awaited within 0.02 s");
  });

  it("ends with what the question throws", async () => {
    const isLost = () => {
      throw new Error("it was deleted");
    };
    const error: unknown = await waitForObject(source([]), key, isLost, { timeoutMs: 1_000 }).catch(
      (it: unknown) => it,
    );
    expect((error as Error).message).to.equal("it was deleted");
  });
});
