import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { parseAllDocuments } from "yaml";
import type { AnyObject, ObjectKey } from "../../../kube/client.ts";
import { helmOwned } from "./helm-owned.ts";
import { packagedNames } from "./names.ts";
import type { PackagedName } from "./names.ts";
import { inObjectSet } from "../object-set.ts";
import { traefikCrds } from "./traefik-crds.ts";

/** One file of K3s's server/manifests directory: what K3s applies at every start of a server process. */
export interface Addon {
  name: PackagedName;
  checksum: string;
  objects: AnyObject[];
}

/** The kinds that K3s registers before it applies anything. */
export function k3sCrds(): AnyObject[] {
  return objects("k3s-crds.yaml");
}

/** The packaged manifests, each object with the marks by which K3s knows it as its own. */
export function addons(): Addon[] {
  return packagedNames.map((name) => {
    const text = manifest(`${name}.yaml`);
    const checksum = createHash("sha256").update(text).digest("hex");
    const owner = { gvk: "k3s.cattle.io/v1, Kind=Addon", name, namespace: "kube-system" };
    return { name, checksum, objects: objects(`${name}.yaml`).map((object) => inObjectSet(owner, object)) };
  });
}

/** The Addon object by which K3s remembers that it applied the file. */
export function addonRecord({ name, checksum, objects }: Addon): AnyObject {
  return {
    apiVersion: "k3s.cattle.io/v1",
    kind: "Addon",
    metadata: { name, namespace: "kube-system", annotations: { "addon.k3s.cattle.io/gvks": kindsOf(objects) } },
    spec: { source: `/var/lib/rancher/k3s/server/manifests/${name}.yaml`, checksum },
  };
}

/** What the Helm jobs of the packaged HelmCharts leave in the cluster: Traefik and its kinds. */
export function helmReleases(): AnyObject[] {
  return [...traefikCrds(), ...objects("traefik-release.yaml").map((object) => helmOwned("traefik", object))];
}

/** The address of a manifest's object. */
export function keyOf({ apiVersion = "", kind = "", metadata }: AnyObject): ObjectKey {
  const { name = "", namespace } = metadata ?? {};
  return { apiVersion, kind, metadata: { name, ...(namespace !== undefined && { namespace }) } };
}

/** Whether the kind is one that K3s itself registers, whose lists the API server cannot merge. */
export function isCustom({ apiVersion = "" }: AnyObject): boolean {
  return apiVersion.includes(".cattle.io/");
}

/** The kinds by which K3s finds what it has to prune. */
function kindsOf(objects: readonly AnyObject[]): string {
  return [...new Set(objects.map(({ apiVersion = "", kind = "" }) => `${versionOf(apiVersion)}, Kind=${kind}`))].join(
    ";",
  );
}

// As apimachinery writes a GroupVersionKind: the core group is empty.
function versionOf(apiVersion: string): string {
  return apiVersion.includes("/") ? apiVersion : `/${apiVersion}`;
}

function objects(file: string): AnyObject[] {
  return parseAllDocuments(manifest(file)).map((document) => document.toJS() as AnyObject);
}

function manifest(file: string): string {
  return readFileSync(new URL(file, import.meta.url), "utf8");
}
