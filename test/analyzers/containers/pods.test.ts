import { expect } from "chai";
import { podProblem } from "../../../analyzers/containers/pods.ts";
import type { AnyObject } from "../../../kube/client.ts";

interface Status {
  phase?: string;
  reason?: string;
  message?: string;
  conditions?: object[];
  initContainerStatuses?: object[];
  containerStatuses?: object[];
}

const scheduled = { type: "PodScheduled", status: "True" };

function pod(status: Status, metadata: object = {}): AnyObject {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { namespace: "kasm", name: "api-1", uid: "u1", ...metadata },
    spec: { nodeName: "k3s-1" },
    status: { phase: "Pending", conditions: [scheduled], ...status },
  };
}

function warning(reason: string, message: string, lastTimestamp: string, about: object = {}): AnyObject {
  return {
    type: "Warning",
    reason,
    message,
    lastTimestamp,
    involvedObject: { kind: "Pod", namespace: "kasm", name: "api-1", uid: "u1", ...about },
  };
}

const waiting = (reason: string, message?: string) => ({
  waiting: { reason, ...(message !== undefined && { message }) },
});
const running = { running: { startedAt: "2026-11-28T20:28:26Z" } };
const image = "docker.io/kasmweb/api:1.19.0";

describe("what keeps a pod from running", () => {
  it("is nothing when it is ready or has done its work", () => {
    expect(podProblem(pod({ conditions: [scheduled, { type: "Ready", status: "True" }] }), [])).to.equal(undefined);
    expect(podProblem(pod({ phase: "Succeeded" }), [])).to.equal(undefined);
  });

  const cases: { what: string; status: Status; events?: AnyObject[]; says: string }[] = [
    {
      what: "want of room on every node, without the scheduler's words on preemption",
      status: {
        conditions: [
          {
            type: "PodScheduled",
            status: "False",
            message:
              "0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: 0/1 nodes are " +
              "available: 1 No preemption victims found for incoming pod.",
          },
        ],
      },
      says: "cannot be scheduled: 0/1 nodes are available: 1 Insufficient cpu",
    },
    {
      what: "a scheduler that is not there",
      status: { conditions: [] },
      says: "is not scheduled yet; does kube-scheduler run?",
    },
    {
      what: "an eviction",
      status: { phase: "Failed", reason: "Evicted", message: "The node was low on resource: memory." },
      says: "The pod was taken off its node, which ran out of memory. It starts again where there is room; give the node more, or pods less",
    },
    {
      what: "an image that cannot be had, in the words of the first try",
      status: {
        containerStatuses: [
          { name: "api", image, ready: false, state: waiting("ImagePullBackOff", "Back-off pulling image") },
        ],
      },
      events: [
        warning("Failed", `Failed to pull image "${image}": not found`, "2026-11-28T20:21:54Z"),
        warning("FailedMount", "older", "2026-11-28T20:20:00Z"),
      ],
      says: `Image ${image} cannot be pulled: docker.io does not have it. Correct the image of container api, or push it`,
    },
    {
      what: "an image that cannot be had, where events are gone",
      status: {
        containerStatuses: [{ name: "api", image, ready: false, state: waiting("ErrImagePull", "not found") }],
      },
      says: `Image ${image} cannot be pulled: docker.io does not have it. Correct the image of container api, or push it`,
    },
    {
      what: "an environment that refers to what is not there",
      status: {
        containerStatuses: [
          {
            name: "api",
            ready: false,
            state: waiting("CreateContainerConfigError", 'secret "kasm-secrets" not found'),
          },
        ],
      },
      says: "container api cannot be created: Secret kasm-secrets does not exist. Create Secret kasm-secrets, or correct the reference to it; the kubelet tries again by itself",
    },
    {
      what: "a container that crashes, with its termination message and without its secrets",
      status: {
        phase: "Running",
        containerStatuses: [
          {
            name: "api",
            ready: false,
            state: waiting("CrashLoopBackOff", "back-off 10s restarting"),
            lastState: { terminated: { exitCode: 1, message: "starting\npassword=geheim1234 refused\n" } },
          },
        ],
      },
      says: 'container api ended with exit code 1, and is started again. Its termination message: "password=*** refused". See `kubectl logs api-1 --namespace kasm --container api --previous`',
    },
    {
      what: "want of memory",
      status: {
        phase: "Running",
        containerStatuses: [
          { name: "api", ready: false, state: { terminated: { exitCode: 137, reason: "OOMKilled" } } },
        ],
      },
      says: "container api was killed since it used more than its memory limit. Raise the limit (spec.resources.memory of a session); /dev/shm counts as well",
    },
    {
      what: "an init container that crashes",
      status: {
        initContainerStatuses: [
          { name: "first", ready: true, state: { terminated: { exitCode: 0 } } },
          { name: "second", ready: false, state: { terminated: { exitCode: 2 } } },
        ],
        containerStatuses: [{ name: "api", ready: false, state: waiting("PodInitializing") }],
      },
      says: "init container second ended with exit code 2, and is started again. It said nothing. See `kubectl logs api-1 --namespace kasm --container second --previous`",
    },
    {
      what: "a probe that fails",
      status: { phase: "Running", containerStatuses: [{ name: "api", ready: false, state: running }] },
      events: [warning("Unhealthy", "Startup probe failed: connection refused", "2026-11-28T20:28:54Z")],
      says: "container api runs, but is not ready: Startup probe failed: connection refused. See the container's log, and whether port and path of the probe fit the image of container api",
    },
    {
      what: "a container that is not ready yet: warnings from before its start tell nothing",
      status: { phase: "Running", containerStatuses: [{ name: "api", ready: false, state: running }] },
      events: [warning("Failed", "Error: ErrImagePull", "2026-11-28T20:21:54Z")],
      says: "container api runs, but does not become ready, and no event says why. See the container's log, and whether port and path of the probe fit the image of container api",
    },
    {
      what: "a volume that cannot be mounted",
      status: { containerStatuses: [{ name: "api", ready: false, state: waiting("ContainerCreating") }] },
      events: [warning("FailedMount", 'configmap "kasm" not found', "2026-11-28T20:21:54Z")],
      says: 'A volume cannot be mounted: ConfigMap kasm does not exist (configmap "kasm" not found). Create ConfigMap kasm, or correct the reference to it; the kubelet tries again by itself',
    },
    {
      what: "a kubelet that does not take it up",
      status: {},
      says: "is not started yet; does the kubelet of its node run?",
    },
  ];
  for (const { what, status, events = [], says } of cases)
    it(`is ${what}`, () => {
      expect(podProblem(pod(status), events)).to.deep.equal({ text: says, isWaiting: false });
    });

  it("is no fault of its own while an init container waits for something else", () => {
    const status = {
      initContainerStatuses: [
        { name: "db-is-ready", ready: false, state: running },
        { name: "later", ready: false, state: waiting("PodInitializing") },
      ],
      containerStatuses: [{ name: "api", ready: false, state: waiting("PodInitializing") }],
    };
    expect(podProblem(pod(status), [])).to.deep.equal({
      text:
        "waits in init container db-is-ready (1 of 2) since 2026-11-28T20:28:26Z " +
        "(kubectl logs api-1 --namespace kasm --container db-is-ready)",
      isWaiting: true,
    });
  });

  it("is its deletion, whatever else it lacks", () => {
    const leaving = pod({ conditions: [] }, { deletionTimestamp: "2026-11-28T20:21:54Z" });
    expect(podProblem(leaving, [])?.text).to.equal("is being deleted");
  });

  it("is not told by warnings about a pod that had its name before", () => {
    const status = { containerStatuses: [{ name: "api", ready: false, state: waiting("ContainerCreating") }] };
    const events = [warning("FailedMount", "of another", "2026-11-28T20:21:54Z", { uid: "u0" })];
    expect(podProblem(pod(status), events)?.text).to.equal("container api is not started yet");
  });
});
