import { expect } from "chai";
import { Cluster } from "../../../analyzers/cluster.ts";
import { podContainers } from "../../../analyzers/containers/pod-containers.ts";

/** What is told of a container that crashed, with or without a termination message, and whose log was read or not. */
function told(message: string | undefined, log: string | undefined): string | undefined {
  const terminated = { exitCode: 1, reason: "Error", ...(message !== undefined && { message }) };
  const pod = {
    kind: "Pod",
    metadata: { namespace: "kasm", name: "api", creationTimestamp: "2026-03-01T11:50:00Z" },
    spec: { nodeName: "k3s-1", containers: [{ name: "app" }] },
    status: {
      phase: "Running",
      podIP: "10.42.0.9",
      containerStatuses: [
        {
          name: "app",
          ready: false,
          restartCount: 5,
          state: { waiting: { reason: "CrashLoopBackOff" } },
          lastState: { terminated },
        },
      ],
    },
  };
  const { findings } = podContainers.analyze(
    new Cluster({
      kind: "KasmVdiSnapshot",
      schemaVersion: 1,
      takenAt: "2026-03-01T12:00:00Z",
      objects: { Pod: { seen: [pod] } },
      logs: log === undefined ? [] : [{ namespace: "kasm", pod: "api", container: "app", previous: true, text: log }],
      probes: [],
    }),
  );
  return findings[0]?.problem.replace("Container app ended with exit code 1, and is started again. ", "");
}

describe("the words of a container that crashes", () => {
  it("are said to be of its log where it left no termination message", () =>
    expect(told(undefined, "starting\nfatal: no such key\n")).to.equal('Its log says: "fatal: no such key".'));

  it("are its termination message where it left one, whatever its log says", () =>
    expect(told("cannot open display", "fatal: no such key")).to.equal(
      'Its termination message: "cannot open display".',
    ));

  it("are none where neither says anything", () => expect(told(undefined, undefined)).to.equal("It said nothing."));
});
