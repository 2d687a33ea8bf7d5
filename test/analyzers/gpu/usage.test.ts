import { expect } from "chai";
import { Cluster } from "../../../analyzers/cluster.ts";
import { gpuUsage } from "../../../analyzers/gpu/usage.ts";
import type { AnyObject } from "../../../kube/object.ts";
import { allCases, snapshotOf } from "../../cases/case.ts";

describe("GPU slices that are all in use", () => {
  const snapshot = snapshotOf(allCases().find(({ name }) => name === "scheduling/gpu-slices-in-use")!);
  const pods = "seen" in snapshot.objects["Pod"]! ? snapshot.objects["Pod"].seen : [];

  /** What is to be ended where the two that hold slices are these. */
  function commands(first: AnyObject["metadata"], second: AnyObject["metadata"]) {
    const held = { "desk-0": first, "desk-1": second };
    const seen = pods.map((pod) => ({
      ...pod,
      metadata: { ...pod.metadata, ...held[(pod.metadata?.name ?? "") as keyof typeof held] },
    }));
    const objects = { ...snapshot.objects, Pod: { seen } };
    const [found] = gpuUsage.analyze(new Cluster({ ...snapshot, objects })).findings;
    return found?.fix.map(({ command }) => command ?? "");
  }

  const ofSession = { annotations: { "vdi.kasm.io/session-name": "alice" } };
  const ofPool = { labels: { "vdi.kasm.io/pool": "desks" } };
  const sessions = "kubectl get vdisessions --all-namespaces --output wide";

  it("are freed by ending sessions where sessions hold them", () =>
    expect(commands(ofSession, ofSession)).to.deep.equal([sessions, ""]));

  it("are freed by ending pods where no session holds one", () =>
    expect(commands({}, {})).to.deep.equal(["kubectl get pods --namespace kasm --output wide", ""]));

  it("are freed by either where both hold some, and by smaller pools", () => {
    expect(commands({ namespace: "jobs" }, ofSession)).to.have.members([
      "kubectl get pods --namespace jobs --output wide",
      sessions,
      "",
    ]);
    expect(commands(ofPool, ofSession)).to.have.members(["kubectl get vdipools --all-namespaces", sessions, ""]);
  });
});
