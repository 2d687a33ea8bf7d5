import type { AnyObject, ClusterClient, ObjectKey } from "../kube/client.ts";
import { waitForObject } from "../kube/wait-for.ts";
import { apiVersion } from "../operator/api/objects.ts";
import type { VDISession } from "../operator/api/objects.ts";
import { desktopName, homeName, podName } from "../operator/resources/names.ts";
import type { OperatorProcess } from "./operator-process.ts";

export interface RealSession {
  readonly session: VDISession & AnyObject;
  /** It and its children, as the API server gives them. */
  readonly objects: AnyObject[];
}

/** Where it runs: names of what is there already. */
export interface SessionPlace {
  readonly namespace: string;
  readonly template: string;
  readonly nodeName: string;
}

/** Has the operator start one session, and plays scheduler, provisioner and kubelet for it. */
export async function oneRealSession(
  client: ClusterClient,
  { namespace, template, nodeName }: SessionPlace,
  start: () => Promise<OperatorProcess>,
): Promise<RealSession> {
  const key = { apiVersion, kind: "VDISession", metadata: { name: "the-real-session", namespace } };
  const spec = { user: "the-real-user@example.com", template };
  const session = (await client.create({ ...key, spec })) as VDISession & AnyObject;
  const operator = await start();
  try {
    const name = podName(session);
    const pod = { apiVersion: "v1", kind: "Pod", metadata: { name, namespace } };
    const claim = {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name: homeName(session.spec.user), namespace },
    };
    await waitForObject(client, pod, (it) => it !== undefined, { timeoutMs: 60_000 });
    await client.mergePatch({ ...claim, spec: { volumeName: "pvc-of-the-real-session" } });
    await client.mergePatchStatus({ ...claim, status: { phase: "Bound", capacity: { storage: "10Gi" } } });
    const target = { apiVersion: "v1", kind: "Node", name: nodeName };
    await client.create({ apiVersion: "v1", kind: "Binding", metadata: { name, namespace }, target });
    await client.mergePatchStatus({ ...pod, status: runningStatus() });
    const isRunning = (it: VDISession | undefined) => it?.status?.phase === "Running";
    await waitForObject<VDISession>(client, key, isRunning, { timeoutMs: 60_000 });
    await operator.isIdle();
    const child = (apiVersion: string, kind: string) => ({
      ...{ apiVersion, kind },
      metadata: { name: desktopName(session), namespace },
    });
    const objects = await Promise.all(
      [
        ...[key, pod, claim, child("v1", "Service"), child("v1", "Secret")],
        ...[child("traefik.io/v1alpha1", "IngressRoute"), child("networking.k8s.io/v1", "NetworkPolicy")],
      ].map((it) => present(client, it)),
    );
    return { session: objects[0] as VDISession & AnyObject, objects: objects.map(withoutAddress) };
  } finally {
    await operator.stop();
  }
}

/** What is missing would be made for each copy, and measured. */
async function present(client: ClusterClient, key: ObjectKey): Promise<AnyObject> {
  const found = await client.get(key);
  if (!found) throw new Error(`the session has no ${key.kind} ${key.metadata.name}`);
  return found;
}

/** As a kubelet reports a desktop that runs. */
function runningStatus() {
  const now = new Date().toISOString().replace(/\.\d+/, "");
  const condition = (type: string) => ({ type, status: "True", lastProbeTime: null, lastTransitionTime: now });
  const image = "docker.io/kasmweb/ubuntu-noble-desktop:1.18.0";
  const container = {
    ...{ image, imageID: `docker.io/kasmweb/ubuntu-noble-desktop@sha256:${"0123456789abcdef".repeat(4)}` },
    ...{ containerID: `containerd://${"0123456789abcdef".repeat(4)}`, restartCount: 0, lastState: {} },
  };
  const terminated = { exitCode: 0, reason: "Completed", startedAt: now, finishedAt: now };
  return {
    phase: "Running",
    startTime: now,
    ...{ hostIP: "198.18.0.10", hostIPs: [{ ip: "198.18.0.10" }], podIP: "10.42.0.10", podIPs: [{ ip: "10.42.0.10" }] },
    conditions: ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"].map(condition),
    initContainerStatuses: [{ ...container, name: "home", ready: true, started: false, state: { terminated } }],
    containerStatuses: [
      { ...container, name: "desktop", ready: true, started: true, state: { running: { startedAt: now } } },
    ],
    qosClass: "Burstable",
  };
}

/** An address belongs to one Service; 10,000 of them without one need none. */
function withoutAddress(object: AnyObject): AnyObject {
  if (object.kind !== "Service") return object;
  return { ...object, spec: { ...(object["spec"] as object), clusterIP: "None", clusterIPs: ["None"] } };
}
