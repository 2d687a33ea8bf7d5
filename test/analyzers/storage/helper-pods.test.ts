import { expect } from "chai";
import { helperPods } from "../../../analyzers/storage/helper-pods.ts";
import type { PersistentVolumeClaim } from "../../../kube/kinds.ts";
import { clusterOf } from "../cluster-of.ts";

const names = ["helper-pod-create-pvc-1a", "helper-pod-create-pvc-1a2b", "helper-pod-delete-pvc-1a", "api"];

/** The pods that are found to make the volume of a claim. */
function found(uid: string | undefined, phase: "Pending" | "Bound", said?: string): string[] {
  const metadata = { namespace: "kasm", name: "db", ...(uid !== undefined && { uid }) };
  const claim: PersistentVolumeClaim = { metadata, status: { phase } };
  const involvedObject = { kind: "PersistentVolumeClaim", namespace: "kasm", name: "db" };
  const event = { kind: "Event", metadata: {}, involvedObject, reason: "ProvisioningFailed", message: said ?? "" };
  const pods = names.map((name) => ({ kind: "Pod", metadata: { namespace: "local-path-storage", name } }));
  const cluster = clusterOf({ Pod: pods, Event: said === undefined ? [] : [event] });
  return helperPods(cluster, claim).map(({ object }) => object.name);
}

describe("the pods that make the directory of a volume", () => {
  it("are found by the claim's uid, in whatever namespace", () =>
    expect(found("1a", "Pending")).to.deep.equal(["helper-pod-create-pvc-1a"]));

  it("are found by the volume that an event of the claim names", () =>
    expect(
      found(undefined, "Pending", "failed to create volume pvc-1a2b: create process timeout after 120 seconds"),
    ).to.deep.equal(["helper-pod-create-pvc-1a2b"]));

  it("are of no matter once the claim is bound", () => expect(found("1a", "Bound")).to.deep.equal([]));
});
