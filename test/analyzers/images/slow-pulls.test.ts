import { expect } from "chai";
import { slowPulls } from "../../../analyzers/images/slow-pulls.ts";
import { clusterOf } from "../cluster-of.ts";

const now = "2026-03-01T12:00:00Z";
const image = "registry.example.com/desk:1";

/** What is found of a pod whose image the kubelet began to pull at the given time. */
function found(began: string, waiting = "ContainerCreating", later: object[] = []) {
  const involvedObject = { kind: "Pod", namespace: "kasm", name: "api", fieldPath: "spec.containers{app}" };
  const pod = {
    kind: "Pod",
    metadata: { namespace: "kasm", name: "api", creationTimestamp: "2026-03-01T11:00:00Z" },
    spec: { nodeName: "k3s-1" },
    status: { containerStatuses: [{ name: "app", image, ready: false, state: { waiting: { reason: waiting } } }] },
  };
  const pulling = { reason: "Pulling", message: `Pulling image "${image}"`, lastTimestamp: began };
  const events = [pulling, ...later].map((it) => ({ kind: "Event", metadata: {}, involvedObject, ...it }));
  return slowPulls.analyze(clusterOf({ Pod: [pod], Event: events }, now));
}

describe("the pull of an image", () => {
  it("that has lasted more than ten minutes is told with its image, node and beginning", () => {
    const [finding] = found("2026-03-01T11:49:59Z").findings;
    expect(finding?.code).to.equal("ImagePullSlow");
    expect(finding?.container).to.equal("app");
    expect(finding?.problem).to.equal(
      `The pull of image ${image} to k3s-1 began at 2026-03-01T11:49:59Z, and has neither ended nor failed.`,
    );
    expect(finding?.fix.map(({ command }) => command)).to.deep.equal([`k3s crictl pull ${image}`]);
  });

  it("has ten minutes", () => {
    const { checked, findings } = found("2026-03-01T11:50:01Z");
    expect(findings).to.deep.equal([]);
    expect(checked).to.equal("1 pull");
  });

  it("is over when the kubelet has said anything of what comes after it", () => {
    const pulled = { reason: "Pulled", message: "Successfully pulled", lastTimestamp: "2026-03-01T11:55:00Z" };
    expect(found("2026-03-01T11:40:00Z", "ContainerCreating", [pulled]).findings).to.deep.equal([]);
  });

  it("is no matter of a container that has begun, whatever became of the event Pulled", () => {
    expect(found("2026-03-01T11:40:00Z", "CrashLoopBackOff").findings).to.deep.equal([]);
  });

  it("that has failed is told by its failure alone, though events of that may be lost", () => {
    expect(found("2026-03-01T11:40:00Z", "ImagePullBackOff").findings).to.deep.equal([]);
  });
});
