import { setTimeout as sleep } from "node:timers/promises";
import { statusCode } from "../../../kube/client.ts";
import type { AnyObject, ClusterClient } from "../../../kube/client.ts";
import { addonRecord, addons, helmReleases, k3sCrds, keyOf } from "./manifests.ts";
import type { Addon } from "./manifests.ts";
import type { PackagedName } from "./names.ts";

export interface PackagedOptions {
  /** Called with each step's name before it starts. */
  onProgress?: (step: string) => void;
  /** Packaged components that K3s runs without (`--disable`): they are deleted. */
  disable?: readonly PackagedName[];
}

/** Lays down what a stock K3s has. Safe to repeat: a second call is what a restart of the K3s server does. */
export async function applyPackagedComponents(
  client: ClusterClient,
  { onProgress, disable = [] }: PackagedOptions = {},
): Promise<void> {
  await removePackaged(client, disable);
  const traefik = disable.includes("traefik") ? [] : helmReleases();
  const traefikKinds = traefik.filter(({ kind }) => kind === "CustomResourceDefinition");
  onProgress?.("kinds of K3s and Traefik");
  await Promise.all([
    ...k3sCrds().map((crd) => assert(client, crd, `k3s-supervisor@${serverNode}`)),
    ...traefikKinds.map((crd) => createOnce(client, crd)),
  ]);
  await Promise.all([...k3sCrds(), ...traefikKinds].map((crd) => established(client, crd)));
  onProgress?.("CoreDNS, local-path storage, runtimes, Traefik");
  await Promise.all([
    reapplyPackagedManifests(
      client,
      addons().filter(({ name }) => !disable.includes(name)),
    ),
    ...traefik.filter((object) => !traefikKinds.includes(object)).map((object) => createOnce(client, object)),
  ]);
}

/**
 * What K3s does at every start of a server process: the fields that its manifests name go back to the manifests' values,
 * whoever changed them; fields and ConfigMap keys that others added stay. The field manager is `deploy@<node>`.
 */
export async function reapplyPackagedManifests(
  client: ClusterClient,
  packaged: readonly Addon[] = addons(),
): Promise<void> {
  const manager = `deploy@${serverNode}`;
  await Promise.all(
    packaged.flatMap((addon) =>
      [addonRecord(addon), ...addon.objects].map((object) => assert(client, object, manager)),
    ),
  );
}

/** K3s deletes what it is told to do without: with Traefik the CRDs go too, and with them every route. */
async function removePackaged(client: ClusterClient, names: readonly PackagedName[]): Promise<void> {
  const gone = [
    ...addons().flatMap((addon) => (names.includes(addon.name) ? [addonRecord(addon), ...addon.objects] : [])),
    ...(names.includes("traefik") ? helmReleases() : []),
  ];
  await Promise.all(gone.map((object) => client.delete(keyOf(object), "Foreground")));
  await Promise.all(gone.map((object) => absent(client, object)));
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

const serverNode = "k3s-server-0";

async function assert(client: ClusterClient, object: AnyObject, manager: string): Promise<void> {
  try {
    await client.mergePatch(object, manager);
  } catch (error) {
    if (statusCode(error) !== 404) throw error;
    await client.create(object, { fieldManager: manager });
  }
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
