import { join } from "node:path";
import { ClusterClient, loadKubeConfig } from "../kube/client.ts";
import type { AnyObject } from "../kube/client.ts";
import { pause, systemClock } from "../kube/clock.ts";
import type { LabLayout } from "../lab/cluster/layout.ts";
import { waitForObject } from "../kube/wait-for.ts";
import { traefikCrds } from "../lab/k3s/packaged-components/traefik-crds.ts";
import { writePrivateFile } from "../lab/cluster/private-files.ts";
import { apiVersion } from "../operator/api/objects.ts";
import type { VDISession } from "../operator/api/objects.ts";
import { crdFileText } from "../operator/api/crd-file.ts";
import { buildBundle } from "../operator/bundle/build.ts";
import { onBareControlPlane } from "./bare-control-plane.ts";
import { putAll } from "./etcd-writer.ts";
import { largestMetadata } from "./largest-metadata.ts";
import { OperatorProcess, reconcilesBetween, writesBetween } from "./operator-process.ts";
import { load } from "./process-figures.ts";
import { oneRealSession } from "./real-session.ts";
import { copyOf } from "./session-copies.ts";
import { rounded } from "./statistics.ts";

export interface ScaleFigures {
  readonly bench: "scale";
  readonly nodeOptions: readonly string[];
  /** Whether the sessions are as large as admission lets them be. */
  readonly largest: boolean;
  readonly scales: readonly ScaleFigure[];
}

/** One operator with so many sessions that run, all their children there. */
export interface ScaleFigure {
  readonly sessions: number;
  /** Until all caches have their first list, from the start of the process. */
  readonly cachesSeconds: number;
  /** Until each session was looked at and nothing is left to do. */
  readonly startSeconds: number;
  readonly startCpuSeconds: number;
  readonly startReconciles: number;
  /** Of all these looks. All is as it should be, so it should be 0. */
  readonly startWrites: number;
  readonly peakRssMiB: number;
  /** After a quiet while. */
  readonly rssMiB: number;
  /** An edit of the template makes each session be looked at again. */
  readonly resyncSeconds: number;
  readonly resyncCpuSeconds: number;
  readonly resyncReconciles: number;
  readonly resyncWrites: number;
  readonly rssAfterResyncMiB: number;
  readonly load: readonly [number, number];
}

export interface ScaleOptions {
  readonly sessions: readonly number[];
  readonly nodeOptions: readonly string[];
  readonly largest: boolean;
  readonly say: (line: string) => void;
}

const namespace = "kasm-vdi";
const quietMs = 20_000;
const restMs = 300_000;

/** Starts an operator on clusters that hold many sessions already. Needs no lab: it has a control plane of its own. */
export async function benchScale(lab: LabLayout, options: ScaleOptions): Promise<ScaleFigures> {
  return onBareControlPlane(lab, async (plane) => {
    const config = loadKubeConfig({ file: plane.layout.kubeconfig });
    const client = new ClusterClient(config, { requestTimeoutMs: 60_000 });
    const bundle = join(plane.layout.root, "kasm-operator.mjs");
    writePrivateFile(bundle, (await buildBundle()).text);
    const start = () =>
      OperatorProcess.start({
        ...{ folder: plane.layout.root, bundle, namespace, identity: "bench-operator", electsLeader: false },
        kubeconfig: plane.layout.kubeconfig,
        nodeOptions: options.nodeOptions,
      });
    try {
      await prepare(client);
      const { session, objects } = await oneRealSession(
        client,
        { namespace, template: template.metadata.name, nodeName },
        start,
      );
      const scales: ScaleFigure[] = [];
      let present = 1;
      for (const sessions of options.sessions) {
        options.say(`writing the objects of ${sessions - present} sessions`);
        await putAll(plane, copies(session, objects, present, sessions, options.largest));
        present = sessions;
        const figure = await measure(client, await start(), sessions);
        options.say(JSON.stringify(figure));
        scales.push(figure);
      }
      return { bench: "scale", nodeOptions: options.nodeOptions, largest: options.largest, scales };
    } finally {
      await config.close();
    }
  });
}

function* copies(session: VDISession, objects: readonly AnyObject[], from: number, to: number, largest: boolean) {
  const added = largest ? largestMetadata() : {};
  for (let index = from; index < to; index++) yield* copyOf(session, objects, index, added);
}

async function measure(client: ClusterClient, operator: OperatorProcess, sessions: number): Promise<ScaleFigure> {
  try {
    const begun = performance.now();
    const secondsSoFar = () => rounded((performance.now() - begun) / 1000);
    const loadBefore = load();
    await operator.hasSaid("the caches are filled", restMs);
    const cachesSeconds = secondsSoFar();
    await operator.isIdle(restMs);
    const startSeconds = secondsSoFar();
    const started = { ...operator.figures, samples: await operator.samples() };
    await pause(systemClock, quietMs);
    const quiet = { ...operator.figures, samples: await operator.samples() };
    const resyncBegun = performance.now();
    // Nothing that sessions are made from, but its generation is another one.
    await client.mergePatch({ ...template, spec: { displayName: `edited for ${sessions} sessions` } });
    await pause(systemClock, 500);
    await operator.isIdle(restMs);
    const resynced = { ...operator.figures, samples: await operator.samples() };
    const resyncSeconds = rounded((performance.now() - resyncBegun) / 1000);
    return {
      sessions,
      cachesSeconds,
      startSeconds,
      startCpuSeconds: rounded(started.cpuSeconds),
      startReconciles: reconcilesBetween([], started.samples),
      startWrites: writesBetween([], quiet.samples),
      peakRssMiB: quiet.peakRssMiB,
      rssMiB: quiet.rssMiB,
      resyncSeconds,
      resyncCpuSeconds: rounded(resynced.cpuSeconds - quiet.cpuSeconds),
      resyncReconciles: reconcilesBetween(quiet.samples, resynced.samples),
      resyncWrites: writesBetween(quiet.samples, resynced.samples),
      rssAfterResyncMiB: resynced.rssMiB,
      load: [loadBefore, load()],
    };
  } finally {
    await operator.stop();
  }
}

const template = { apiVersion, kind: "VDITemplate", metadata: { name: "bench" } };
const nodeName = "bench-node";

/** The kinds, the namespace, a node and a template. */
async function prepare(client: ClusterClient): Promise<void> {
  const { items: ownKinds } = JSON.parse(crdFileText()) as { items: AnyObject[] };
  for (const crd of [...ownKinds, ...traefikCrds()]) {
    await apply(client, crd);
    const key = {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: crd.metadata?.name ?? "" },
    };
    await waitForObject(client, key, isEstablished, { timeoutMs: 60_000 });
  }
  await apply(client, { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  // Pods need it, and the controller that makes it does not run here.
  await apply(client, { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "default", namespace } });
  const resources = { cpu: "64", memory: "256Gi", pods: "110" };
  await apply(client, { apiVersion: "v1", kind: "Node", metadata: { name: nodeName } });
  await client.mergePatchStatus({
    ...{ apiVersion: "v1", kind: "Node", metadata: { name: nodeName } },
    status: { capacity: resources, allocatable: resources, conditions: [{ type: "Ready", status: "True" }] },
  });
  const runtime = { type: "kasmvnc" };
  await apply(client, { ...template, spec: { image: "kasmweb/ubuntu-noble-desktop:1.18.0", runtime } });
}

function isEstablished(crd: AnyObject | undefined): boolean {
  const { conditions } = (crd?.["status"] ?? {}) as { conditions?: { type: string; status: string }[] | null };
  return conditions?.some(({ type, status }) => type === "Established" && status === "True") ?? false;
}

function apply(client: ClusterClient, object: AnyObject): Promise<AnyObject> {
  return client.apply(object, { fieldManager: "bench", force: true });
}
