import { expect } from "chai";
import type { AnyObject } from "../../../../../kube/client.ts";
import type { Observation, Readiness } from "../../../../../lab/plugins/kubernetes/await/readiness.ts";
import { ruleForKind } from "../../../../../lab/plugins/kubernetes/await/rules/table.ts";

type Fields = Record<string, unknown>;

function object(kind: string, spec: Fields, status: Fields, metadata: Fields = {}): AnyObject {
  const groups: Record<string, string> = {
    CustomResourceDefinition: "apiextensions.k8s.io/v1",
    DaemonSet: "apps/v1",
    Deployment: "apps/v1",
    EndpointSlice: "discovery.k8s.io/v1",
    Ingress: "networking.k8s.io/v1",
    Job: "batch/v1",
    StatefulSet: "apps/v1",
    StorageClass: "storage.k8s.io/v1",
  };
  return {
    apiVersion: groups[kind] ?? "v1",
    kind,
    metadata: { name: "x", namespace: "kasm", generation: 2, uid: "u", ...metadata },
    spec,
    status,
  };
}

function look(live: AnyObject, related: AnyObject[] = [], waitedSeconds = 0): Readiness {
  const seen: Observation = { live, related, waitedSeconds, operation: "create" };
  return ruleForKind(live)!.readiness(seen);
}

const conditions = (...list: [type: string, status: string, reason?: string, message?: string][]) =>
  list.map(([type, status, reason, message]) => ({ type, status, reason, message }));

const pendingPod = object(
  "Pod",
  {},
  {
    phase: "Pending",
    conditions: conditions([
      "PodScheduled",
      "False",
      "Unschedulable",
      "0/3 nodes are available: 3 Insufficient nvidia.com/gpu.",
    ]),
  },
  { name: "api-1" },
);
const imagePod = object(
  "Pod",
  {},
  {
    phase: "Pending",
    conditions: conditions(
      ["PodScheduled", "True"],
      ["Ready", "False", "ContainersNotReady", "containers with unready status: [api]"],
    ),
    containerStatuses: [
      {
        name: "api",
        ready: false,
        state: { waiting: { reason: "ImagePullBackOff", message: 'Back-off pulling image "kasm/api"' } },
      },
    ],
  },
  { name: "api-2" },
);

describe("readiness of a Deployment", () => {
  const spec = { replicas: 2, selector: { matchLabels: { app: "x" } }, template: { spec: {} } };
  const whole = { observedGeneration: 2, replicas: 2, updatedReplicas: 2, availableReplicas: 2, readyReplicas: 2 };

  it("is ready when every replica is of the newest revision and available", () => {
    expect(look(object("Deployment", spec, whole))).to.include({ done: true });
  });

  it("is not ready while the status still tells of the spec before", () => {
    expect(look(object("Deployment", spec, { ...whole, observedGeneration: 1 })).done).to.equal(false);
  });

  it("does not count available Pods of the old revision as new ones", () => {
    const rolling = { observedGeneration: 2, replicas: 3, updatedReplicas: 1, availableReplicas: 2 };
    expect(look(object("Deployment", spec, rolling)).message).to.contain("(0/2 Pods available)");
  });

  it("waits until the old revision's Pods are gone", () => {
    const draining = { observedGeneration: 2, replicas: 3, updatedReplicas: 2, availableReplicas: 3 };
    expect(look(object("Deployment", spec, draining))).to.deep.include({
      done: false,
      message: "Waiting for 1 Pods of the old ReplicaSet to end",
    });
  });

  it("names the Pod and the image that hold it up", () => {
    const { message } = look(object("Deployment", spec, { observedGeneration: 2 }), [imagePod]);
    expect(message).to.equal(
      "Waiting for app ReplicaSet to be available (0/2 Pods available); " +
        '[Pod kasm/api-2] container api: [ImagePullBackOff] Back-off pulling image "kasm/api"',
    );
  });

  it("gives the missed progress deadline and the scheduler's words as reasons, and does not give up", () => {
    const late = {
      observedGeneration: 2,
      conditions: conditions(["Progressing", "False", "ProgressDeadlineExceeded", "timed out progressing."]),
    };
    const { reasons, failed } = look(object("Deployment", spec, late), [pendingPod]);
    expect(reasons).to.deep.equal([
      "0 of 2 Pods of the newest revision are available",
      "[ProgressDeadlineExceeded] timed out progressing.",
      "[Pod kasm/api-1] [Unschedulable] 0/3 nodes are available: 3 Insufficient nvidia.com/gpu.",
    ]);
    expect(failed).to.equal(undefined);
  });

  it("waits for the claims that its Pods mount", () => {
    const claim = object("PersistentVolumeClaim", {}, { phase: "Pending" }, { name: "data" });
    const { done, message } = look(object("Deployment", spec, whole), [claim]);
    expect({ done, message }).to.deep.equal({
      done: false,
      message: "PersistentVolumeClaim kasm/data is Pending, not Bound",
    });
  });

  it("is ready with no replicas at all", () => {
    expect(look(object("Deployment", { ...spec, replicas: 0 }, { observedGeneration: 2 })).done).to.equal(true);
  });
});

describe("readiness of a StatefulSet", () => {
  const rolled = { observedGeneration: 2, replicas: 2, readyReplicas: 2, currentRevision: "a", updateRevision: "a" };
  const rolling = { ...rolled, currentRevision: "a", updateRevision: "b", updatedReplicas: 1 };

  it("is ready when all replicas are ready in the newest revision", () => {
    expect(look(object("StatefulSet", { replicas: 2 }, rolled)).done).to.equal(true);
  });

  it("counts only updated Pods while an update rolls out", () => {
    expect(look(object("StatefulSet", { replicas: 2 }, rolling)).message).to.equal(
      "Waiting for StatefulSet update to roll out (1/2 Pods ready)",
    );
  });

  it("ends when the Pods above the partition are updated: the controller never names the revision current", () => {
    const spec = { replicas: 2, updateStrategy: { rollingUpdate: { partition: 1 } } };
    expect(look(object("StatefulSet", spec, rolling)).done).to.equal(true);
  });

  it("does not wait for an update that OnDelete leaves to people", () => {
    const spec = { replicas: 2, updateStrategy: { type: "OnDelete" } };
    expect(look(object("StatefulSet", spec, rolling)).done).to.equal(true);
  });
});

describe("readiness of a DaemonSet", () => {
  it("is ready when no node should run it", () => {
    const status = { observedGeneration: 2, desiredNumberScheduled: 0, currentNumberScheduled: 0, numberReady: 0 };
    expect(look(object("DaemonSet", {}, status)).done).to.equal(true);
  });

  it("tells on how many nodes it runs", () => {
    const status = {
      observedGeneration: 2,
      desiredNumberScheduled: 3,
      currentNumberScheduled: 3,
      updatedNumberScheduled: 3,
      numberReady: 2,
      numberAvailable: 1,
    };
    expect(look(object("DaemonSet", {}, status)).message).to.equal("Waiting for DaemonSet Pods (1/3 nodes ready)");
  });
});

describe("readiness of a Job and a Pod", () => {
  const cases: [title: string, live: AnyObject, expected: Partial<Readiness>][] = [
    ["a complete Job", object("Job", {}, { conditions: conditions(["Complete", "True"]) }), { done: true }],
    [
      "a Job that runs",
      object("Job", {}, { startTime: "now", active: 1 }),
      { done: false, message: "Waiting for Job to succeed (active 1, succeeded 0, failed 0)" },
    ],
    [
      "a failed Job, whatever the reason",
      object("Job", {}, { conditions: conditions(["Failed", "True", "PodFailurePolicy", "container db exited 42"]) }),
      { done: false, failed: "[PodFailurePolicy] container db exited 42" },
    ],
    [
      "a suspended Job",
      object("Job", { suspend: true }, {}),
      { done: false, message: "Suspended (active 0, succeeded 0, failed 0)" },
    ],
    ["a ready Pod", object("Pod", {}, { phase: "Running", conditions: conditions(["Ready", "True"]) }), { done: true }],
    ["a Pod that has succeeded", object("Pod", {}, { phase: "Succeeded" }), { done: true }],
    [
      "an evicted Pod",
      object("Pod", {}, { phase: "Failed", reason: "Evicted", message: "The node was low on memory." }),
      { done: false, failed: "[Pod kasm/x] [Evicted] The node was low on memory." },
    ],
  ];
  for (const [title, live, expected] of cases)
    it(`${title}: ${JSON.stringify(expected)}`, () => {
      expect(look(live)).to.deep.include(expected);
    });
});

describe("readiness of a PersistentVolumeClaim", () => {
  const claim = (phase: string) => object("PersistentVolumeClaim", { storageClassName: "local-path" }, { phase });
  const storageClass = (mode: string) => {
    const made = object("StorageClass", {}, {}, { name: "local-path" });
    return { ...made, volumeBindingMode: mode, provisioner: "rancher.io/local-path" };
  };

  it("does not wait for a Pod that its StorageClass wants first", () => {
    expect(look(claim("Pending"), [storageClass("WaitForFirstConsumer")]).done).to.equal(true);
  });

  it("waits to be bound where binding is immediate, and names the provisioner", () => {
    const { done, reasons } = look(claim("Pending"), [storageClass("Immediate")]);
    expect(done).to.equal(false);
    expect(reasons).to.deep.equal([
      "Pending, not Bound: StorageClass local-path (rancher.io/local-path) has not bound it",
    ]);
  });

  it("says that the StorageClass is missing", () => {
    expect(look(claim("Pending")).message).to.contain("StorageClass local-path does not exist");
  });

  it("gives up on a lost claim", () => {
    expect(look(claim("Lost")).failed).to.contain("Lost");
  });
});

describe("readiness of a Service", () => {
  const slice = (...ready: boolean[]) => ({
    ...object("EndpointSlice", {}, {}),
    endpoints: ready.map((one) => ({
      addresses: ["10.42.0.1"],
      conditions: { ready: one },
      targetRef: { name: "api-1" },
    })),
  });
  const selecting = { selector: { app: "api" }, clusterIP: "10.43.0.5" };

  it("is ready as soon as every Pod behind it is", () => {
    expect(look(object("Service", selecting, {}), [slice(true, true)]).done).to.equal(true);
  });

  it("waits for Pods that are not ready, and names them", () => {
    expect(look(object("Service", selecting, {}), [slice(true, false)], 60)).to.deep.include({
      done: false,
      reasons: ["Pods behind it are not ready: api-1"],
    });
  });

  it("takes a Service without Pods after ten seconds: they may depend on it", () => {
    const nobody = object("Service", selecting, {});
    expect(look(nobody, [slice()], 9).done).to.equal(false);
    expect(look(nobody, [slice()], 10).done).to.equal(true);
  });

  for (const [title, spec] of Object.entries({
    headless: { selector: { app: "api" }, clusterIP: "None" },
    ExternalName: { type: "ExternalName", externalName: "db.example.com" },
    "selector-less": { clusterIP: "10.43.0.5" },
  }))
    it(`waits for nothing when it is ${title}`, () => {
      expect(look(object("Service", spec, {})).done).to.equal(true);
    });

  it("waits for a LoadBalancer's address", () => {
    const spec = { ...selecting, type: "LoadBalancer" };
    expect(look(object("Service", spec, { loadBalancer: {} }), [slice(true)]).done).to.equal(false);
    const given = { loadBalancer: { ingress: [{ ip: "10.0.0.1" }] } };
    expect(look(object("Service", spec, given), [slice(true)]).done).to.equal(true);
  });
});

describe("readiness of an Ingress", () => {
  const spec = {
    ingressClassName: "traefik",
    rules: [{ http: { paths: [{ backend: { service: { name: "proxy" } } }] } }],
  };
  const address = { loadBalancer: { ingress: [{ ip: "10.0.0.1" }] } };
  const proxy = object("Service", {}, {}, { name: "proxy" });

  it("is ready with an address and its backend", () => {
    expect(look(object("Ingress", spec, address), [proxy])).to.deep.equal({
      done: true,
      message: "Ingress has an address",
    });
  });

  it("names the class whose controller gives no address", () => {
    expect(look(object("Ingress", spec, {}), [proxy]).reasons?.join()).to.contain("IngressClass traefik");
  });

  it("waits a minute for a missing backend, then goes on with a warning", () => {
    expect(look(object("Ingress", spec, address), [], 59).done).to.equal(false);
    expect(look(object("Ingress", spec, address), [], 60)).to.deep.include({
      done: true,
      warning: "its backend Service does not exist: proxy",
    });
  });
});

describe("readiness of a CustomResourceDefinition", () => {
  it("is ready when established", () => {
    expect(
      look(object("CustomResourceDefinition", {}, { conditions: conditions(["Established", "True"]) })).done,
    ).to.equal(true);
  });

  it("tells of names that are taken", () => {
    const taken = conditions(["NamesAccepted", "False", "PluralConflict", '"vdis" is already in use']);
    expect(look(object("CustomResourceDefinition", {}, { conditions: taken })).message).to.contain(
      '"vdis" is already in use',
    );
  });
});

describe("kinds without a rule", () => {
  for (const kind of ["ConfigMap", "Namespace", "ServiceAccount"])
    it(`${kind} is complete as soon as it exists`, () => {
      expect(ruleForKind(object(kind, {}, {}))).to.equal(undefined);
    });
});
