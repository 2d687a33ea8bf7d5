import { expect } from "chai";
import type { AnyObject, ClusterClient } from "../../../../../kube/client.ts";
import { timeoutSeconds } from "../../../../../lab/plugins/kubernetes/await/annotations.ts";
import { awaitDeleted } from "../../../../../lab/plugins/kubernetes/await/await-deleted.ts";
import { awaitReady } from "../../../../../lab/plugins/kubernetes/await/await-ready.ts";
import { PartialError } from "../../../../../lab/plugins/kubernetes/await/context.ts";
import type { AwaitContext } from "../../../../../lab/plugins/kubernetes/await/context.ts";

const widget = (status: object, annotations: Record<string, string> = {}, metadata: object = {}): AnyObject => ({
  apiVersion: "x/v1",
  kind: "Widget",
  metadata: { name: "w", namespace: "n", uid: "1", annotations, ...metadata },
  status,
});
const waiting = { "pulumi.com/waitFor": "jsonpath={.status.phase}=Ready" };

/** A cluster that shows these states of one object one after the other, the last one for ever. */
function context(
  states: (AnyObject | undefined)[],
  events: object[] = [],
  seconds = 5,
): AwaitContext & { told: string[] } {
  const told: string[] = [];
  const client = {
    get: () => Promise.resolve(states.length > 1 ? states.shift() : states[0]),
    list: () => Promise.resolve(events),
  };
  const signal = new AbortController().signal;
  const tell = (message: string) => told.push(message);
  return {
    client: client as unknown as ClusterClient,
    told,
    status: tell,
    warn: tell,
    signal,
    timeoutSeconds: seconds,
  };
}

const problemOf = (work: Promise<unknown>): Promise<PartialError> =>
  work.then(
    () => expect.fail("it should not be ready"),
    (error: unknown) => error as PartialError,
  );

describe("waiting for an object", () => {
  it("returns it as it is when it has become ready", async () => {
    const ready = widget({ phase: "Ready" }, waiting);
    const found = await awaitReady(context([widget({}), ready]), widget({}), widget({}, waiting), "create");
    expect(found["status"]).to.deep.equal({ phase: "Ready" });
  });

  it("asks nothing of the cluster with pulumi.com/skipAwait", async () => {
    const inputs = widget({}, { ...waiting, "pulumi.com/skipAwait": "true" });
    const cluster = context([]);
    cluster.client.get = () => expect.fail("asked");
    expect(await awaitReady(cluster, widget({ phase: "New" }), inputs, "create")).to.deep.equal(
      widget({ phase: "New" }),
    );
  });

  it("tells each step once", async () => {
    const cluster = context([widget({}), widget({}), widget({ phase: "Ready" })]);
    await awaitReady(cluster, widget({}), widget({}, waiting), "create");
    expect(cluster.told).to.have.length(2);
  });

  it("ends in time with the object, the reason, its latest warning and the command to look further", async () => {
    const event = {
      involvedObject: { uid: "1" },
      type: "Warning",
      reason: "Rejected",
      message: "no licence",
      metadata: {},
    };
    const cluster = context([widget({ phase: "Pending" })], [event], 0.1);
    const error = await problemOf(awaitReady(cluster, widget({}), widget({}, waiting), "create"));
    expect(error).to.be.instanceOf(PartialError);
    expect(error.message).to.equal("Widget n/w was not ready within 0.1 s");
    expect(error.reasons).to.deep.equal([
      "{.status.phase}=Ready (found Pending)",
      "[Rejected] Widget n/w: no licence",
      "It was left as it is; look at it with `kubectl -n n describe widget.x w`",
    ]);
    expect(error.live["status"]).to.deep.equal({ phase: "Pending" });
  });

  it("keeps the object on record when its waitFor cannot be read", async () => {
    const inputs = widget({}, { "pulumi.com/waitFor": "nonsense" });
    expect(await problemOf(awaitReady(context([]), widget({}), inputs, "create"))).to.be.instanceOf(PartialError);
  });

  it("believes that the object is gone only when it is seen twice", async () => {
    const back = context([undefined, widget({ phase: "Ready" })]);
    await awaitReady(back, widget({}), widget({}, waiting), "create");
    const gone = await problemOf(awaitReady(context([undefined]), widget({}), widget({}, waiting), "create"));
    expect(gone.message).to.contain("was deleted while it was being waited for");
  });
});

describe("waiting for a deletion", () => {
  const key = { apiVersion: "x/v1", kind: "Widget", metadata: { name: "w", namespace: "n" } };

  it("ends when another object has taken the name", async () => {
    await awaitDeleted(context([widget({}, {}, { uid: "2" })]), key, "1");
  });

  it("names the finalizers that hold the object", async () => {
    const held = widget(
      {},
      {},
      { deletionTimestamp: "2026-11-23T00:00:00Z", finalizers: ["vdi.kasm.io/session-cleanup"] },
    );
    const error = await problemOf(awaitDeleted(context([held], [], 0.1), key, "1"));
    expect(error.message)
      .to.contain("Widget n/w still exists 0.1 s after")
      .and.to.contain("vdi.kasm.io/session-cleanup");
  });

  it("names what is left in a namespace", async () => {
    const message = "Some resources are remaining: vdisessions.vdi.kasm.io has 2 resource instances";
    const status = { conditions: [{ type: "NamespaceContentRemaining", status: "True", message }] };
    const held = widget(status, {}, { deletionTimestamp: "2026-11-23T00:00:00Z" });
    expect((await problemOf(awaitDeleted(context([held], [], 0.1), key, "1"))).message).to.contain(message);
  });
});

describe("the time to wait", () => {
  const table: [custom: number, annotation: string | undefined, seconds: number][] = [
    [0, undefined, 600],
    [0, "30", 30],
    [45, "30", 45],
    [0, "soon", 600],
  ];
  for (const [custom, annotation, seconds] of table)
    it(`customTimeouts ${custom}, annotation ${annotation ?? "absent"}: ${seconds} s`, () => {
      const inputs = widget({}, annotation === undefined ? {} : { "pulumi.com/timeoutSeconds": annotation });
      expect(timeoutSeconds(custom, inputs)).to.equal(seconds);
    });
});
