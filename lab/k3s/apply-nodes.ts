import { CoreV1Api } from "@kubernetes/client-node";
import { statusCode } from "../../kube/client.ts";
import type { AnyObject, ClusterClient } from "../../kube/client.ts";
import { quantityValue } from "../../kube/quantity.ts";
import { disabledOn, stockServer } from "./node-arguments.ts";
import { desiredNodes, nodeLabelsAnnotation, nodeOrdinals, poolLabel, serverName } from "./nodes.ts";
import type { Machines } from "./nodes.ts";

/** What {@link applyNodes} did, by node name. */
export interface NodeChanges {
  added: string[];
  changed: string[];
  removed: string[];
}

/**
 * Makes the simulated machines match the stack's: adds what is missing, takes away what is too many together with its
 * pods (a machine that is switched off for good), and updates labels, GPU counts and size of the others. What device plugins
 * report of nodes that stay is left alone.
 */
export async function applyNodes(client: ClusterClient, machines: Machines): Promise<NodeChanges> {
  const present = await client.list("v1", "Node", { labelSelector: poolLabel });
  const plan = planNodes(machines, present, apiServerPort(client));
  await Promise.all([
    ...plan.create.map((node) => createIfMissing(client, node)),
    ...plan.patch.map((node) => client.mergePatch(node, "k3s")),
    ...plan.resize.map((node) => client.mergePatchStatus(node, "k3s")),
    ...plan.remove.map((name) => removeNode(client, name)),
  ]);
  return {
    added: plan.create.map(nameOf),
    changed: [...new Set([...plan.patch, ...plan.resize].map(nameOf))],
    removed: plan.remove,
  };
}

/** The writes that turn `present` (the lab's nodes as they are) into the stack's. Equal nodes give no write. */
export function planNodes(
  machines: Machines,
  present: AnyObject[],
  httpsListenPort = stockServer.httpsListenPort,
): { create: AnyObject[]; patch: AnyObject[]; resize: AnyObject[]; remove: string[] } {
  const presentByName = new Map(present.map((node) => [nameOf(node), node]));
  // What the server runs without is settled at its start, not by the stack.
  const disable = disabledOn(presentByName.get(serverName));
  const desired = desiredNodes(machines, nodeOrdinals(present), { httpsListenPort, disable });
  const desiredNames = new Set(desired.map(nameOf));
  const ofStaying = (change: (desired: AnyObject, old: AnyObject) => AnyObject[]) =>
    desired.flatMap((node) => {
      const old = presentByName.get(nameOf(node));
      return old ? change(node, old) : [];
    });
  return {
    create: desired.filter((node) => !presentByName.has(nameOf(node))),
    patch: ofStaying(metadataPatch),
    resize: ofStaying(sizePatch),
    remove: [...presentByName.keys()].filter((name) => !desiredNames.has(name)),
  };
}

/**
 * Lets a newly started kwok take over at once: a killed one leaves node leases that others must respect for 40 s.
 * Call it before kwok starts, never while it runs.
 */
export async function releaseNodeLeases(client: ClusterClient): Promise<void> {
  const leases = await client.list("coordination.k8s.io/v1", "Lease", { namespace: "kube-node-lease" });
  await Promise.all(
    leases.map((lease) =>
      client.delete({
        apiVersion: "coordination.k8s.io/v1",
        kind: "Lease",
        metadata: { name: nameOf(lease), namespace: "kube-node-lease" },
      }),
    ),
  );
}

/** Where the API server listens, as the server of a real K3s would have been told. */
export function apiServerPort({ config }: ClusterClient): number {
  return Number(new URL(config.getCurrentCluster()?.server ?? "").port);
}

function metadataPatch(desired: AnyObject, old: AnyObject): AnyObject[] {
  const labels = changes(old.metadata?.labels, { ...droppedLabels(desired, old), ...desired.metadata?.labels });
  const annotations = changes(old.metadata?.annotations, desired.metadata?.annotations);
  if (!labels && !annotations) return [];
  const metadata = { name: nameOf(desired), ...(labels && { labels }), ...(annotations && { annotations }) };
  return [{ apiVersion: "v1", kind: "Node", metadata } as AnyObject];
}

/** Cores and memory alone: the rest of a node's status is written by others. */
function sizePatch(desired: AnyObject, old: AnyObject): AnyObject[] {
  const status = Object.fromEntries(
    (["capacity", "allocatable"] as const).flatMap((key) => {
      const { cpu = "0", memory = "0" } = resourcesOf(desired, key);
      const changed = changes(resourcesOf(old, key), { cpu, memory }, isSameQuantity);
      return changed ? [[key, changed]] : [];
    }),
  );
  if (Object.keys(status).length === 0) return [];
  return [{ apiVersion: "v1", kind: "Node", metadata: { name: nameOf(desired) }, status }];
}

function resourcesOf({ status }: AnyObject, key: "capacity" | "allocatable"): Record<string, string> {
  return (status as Partial<Record<typeof key, Record<string, string>>> | undefined)?.[key] ?? {};
}

function droppedLabels(desired: AnyObject, old: AnyObject): Record<string, null> {
  const given = JSON.parse(old.metadata?.annotations?.[nodeLabelsAnnotation] ?? "[]") as string[];
  const wanted = desired.metadata?.labels ?? {};
  return Object.fromEntries(given.filter((key) => !(key in wanted)).map((key) => [key, null]));
}

// The API server writes quantities in a form of its own: 33554432Ki becomes 32Gi.
function isSameQuantity(one: string | null, other: string | null): boolean {
  return one === other || (one !== null && other !== null && quantityValue(one) === quantityValue(other));
}

/** What a merge patch must say to get from `have` to `wanted`; undefined when it is nothing. */
function changes(
  have: Record<string, string> = {},
  wanted: Record<string, string | null> = {},
  isSame: (one: string | null, other: string | null) => boolean = Object.is,
) {
  const changed = Object.entries(wanted).filter(([key, value]) => !isSame(have[key] ?? null, value));
  return changed.length > 0 ? Object.fromEntries(changed) : undefined;
}

async function createIfMissing(client: ClusterClient, node: AnyObject): Promise<void> {
  try {
    await client.create(node, { fieldManager: "k3s" });
  } catch (error) {
    if (statusCode(error) !== 409) throw error;
  }
}

// The pod garbage collector would take a minute to notice that the node is gone.
async function removeNode(client: ClusterClient, name: string): Promise<void> {
  await client.delete({ apiVersion: "v1", kind: "Node", metadata: { name } });
  const pods = await client.list("v1", "Pod", { fieldSelector: `spec.nodeName=${name}` });
  const api = client.config.makeApiClient(CoreV1Api);
  await Promise.all(
    pods.map((pod) =>
      api.deleteNamespacedPod({
        name: nameOf(pod),
        namespace: pod.metadata?.namespace ?? "default",
        gracePeriodSeconds: 0,
      }),
    ),
  );
}

function nameOf(object: AnyObject): string {
  return object.metadata?.name ?? "";
}
