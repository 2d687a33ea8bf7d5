import { setTimeout as sleep } from "node:timers/promises";
import { statusCode } from "../../../kube/client.ts";
import type { AnyObject, ClusterClient } from "../../../kube/client.ts";
import { apiServerPort } from "../apply-nodes.ts";
import { nodeArgsAnnotation, serverArgs } from "../node-arguments.ts";
import { serverName } from "../nodes.ts";
import { addonRecord, addons, helmReleases, isCustom, k3sCrds, keyOf } from "./manifests.ts";
import type { Addon } from "./manifests.ts";
import type { PackagedName } from "./names.ts";
import { unmet } from "./unmet.ts";

export interface PackagedOptions {
  /** Called with each step's name before it starts. */
  onProgress?: (step: string) => void;
  /** Packaged components that K3s runs without (`--disable`): they are deleted. */
  disable?: readonly PackagedName[];
}

/** What a start of K3s did to one of its own objects. */
export interface PackagedChange {
  readonly action: "created" | "reverted" | "deleted";
  readonly object: AnyObject;
}

/**
 * Lays down what a stock K3s has. Safe to repeat: a second call is what a restart of the K3s server does.
 *
 * @returns what it did to the objects of K3s's manifests
 */
export async function applyPackagedComponents(
  client: ClusterClient,
  { onProgress, disable = [] }: PackagedOptions = {},
): Promise<PackagedChange[]> {
  const deleted = await removePackaged(client, disable);
  const traefik = disable.includes("traefik") ? [] : helmReleases();
  const traefikKinds = traefik.filter(({ kind }) => kind === "CustomResourceDefinition");
  onProgress?.("kinds of K3s and Traefik");
  await Promise.all([
    ...k3sCrds().map((crd) => assert(client, crd, `k3s-supervisor@${serverName}`)),
    ...traefikKinds.map((crd) => createOnce(client, crd)),
  ]);
  await Promise.all([...k3sCrds(), ...traefikKinds].map((crd) => established(client, crd)));
  onProgress?.("CoreDNS, local-path storage, runtimes, Traefik");
  const [changes] = await Promise.all([
    reapplyPackagedManifests(
      client,
      addons().filter(({ name }) => !disable.includes(name)),
    ),
    tellArguments(client, disable),
    ...traefik.filter((object) => !traefikKinds.includes(object)).map((object) => createOnce(client, object)),
  ]);
  return [...deleted, ...changes];
}

/**
 * What K3s does at every start of a server process: the fields that its manifests name go back to the manifests' values,
 * whoever changed them; fields, list entries and ConfigMap keys that others added stay. The field manager is
 * `deploy@<node>`.
 */
export async function reapplyPackagedManifests(
  client: ClusterClient,
  packaged: readonly Addon[] = addons(),
): Promise<PackagedChange[]> {
  const objects = packaged.flatMap((addon) => [addonRecord(addon), ...addon.objects]);
  const changes = await Promise.all(objects.map((object) => assert(client, object, `deploy@${serverName}`)));
  return changes.filter((change) => change !== undefined);
}

/** K3s deletes what it is told to do without: with Traefik the CRDs go too, and with them every route. */
async function removePackaged(client: ClusterClient, names: readonly PackagedName[]): Promise<PackagedChange[]> {
  const packaged = addons().flatMap((addon) =>
    names.includes(addon.name) ? [addonRecord(addon), ...addon.objects] : [],
  );
  const present = await Promise.all(packaged.map(async (object) => (await client.get(keyOf(object))) !== undefined));
  const gone = [...packaged, ...(names.includes("traefik") ? helmReleases() : [])];
  await Promise.all(gone.map((object) => client.delete(keyOf(object), "Foreground")));
  await Promise.all(gone.map((object) => absent(client, object)));
  return packaged.filter((_, index) => present[index]).map((object) => ({ action: "deleted", object }));
}

async function absent(client: ClusterClient, object: AnyObject): Promise<void> {
  const { kind = "", metadata } = object;
  const deadline = Date.now() + 30_000;
  while (Date.now() < deadline) {
    if ((await client.get(keyOf(object))) === undefined) return;
    await sleep(50);
  }
  throw new Error(
    `${kind} ${metadata?.name ?? ""} was not deleted within 30 s; its metadata.finalizers tell who holds it`,
  );
}

/** The server's node says how it was started last. It comes with these arguments when it is first made. */
async function tellArguments(client: ClusterClient, disable: readonly PackagedName[]): Promise<void> {
  const key = { apiVersion: "v1", kind: "Node", metadata: { name: serverName } };
  if ((await client.get(key)) === undefined) return;
  const args = serverArgs({ httpsListenPort: apiServerPort(client), disable });
  await client.mergePatch(
    { ...key, metadata: { ...key.metadata, annotations: { [nodeArgsAnnotation]: args } } },
    "k3s",
  );
}

async function assert(client: ClusterClient, object: AnyObject, manager: string): Promise<PackagedChange | undefined> {
  const before = await client.get(keyOf(object));
  if (before === undefined) {
    await client.create(object, { fieldManager: manager });
    return { action: "created", object };
  }
  const lacking = unmet(object, before) as AnyObject | undefined;
  if (lacking === undefined) return undefined;
  const key = keyOf(object);
  const patch = { ...lacking, ...key, metadata: { ...lacking.metadata, ...key.metadata } };
  await (isCustom(object) ? client.mergePatch(patch, manager) : client.strategicMergePatch(patch, manager));
  return { action: "reverted", object };
}

/** Helm installs once; what people change afterwards stays until the chart changes. */
async function createOnce(client: ClusterClient, object: AnyObject): Promise<void> {
  try {
    await client.create(object, { fieldManager: "helm" });
  } catch (error) {
    if (statusCode(error) !== 409) throw error;
  }
}

async function established(client: ClusterClient, crd: AnyObject): Promise<void> {
  const name = crd.metadata?.name ?? "";
  const deadline = Date.now() + 30_000;
  while (Date.now() < deadline) {
    const live = await client.get({ apiVersion: "apiextensions.k8s.io/v1", kind: crd.kind ?? "", metadata: { name } });
    const status = live?.status as { conditions?: { type: string; status: string }[] } | undefined;
    if (status?.conditions?.some((condition) => condition.type === "Established" && condition.status === "True"))
      return;
    await sleep(50);
  }
  throw new Error(`CustomResourceDefinition ${name} was not established within 30 s; see the API server's log`);
}
