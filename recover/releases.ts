import { readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { parse } from "yaml";
import { readRevision } from "../helm/revision.ts";
import type { Revision } from "../helm/revision.ts";
import type { ClusterClient } from "../kube/client.ts";
import type { Engine } from "./engine.ts";
import type { ReleaseName } from "./findings.ts";
import type { FoundRelease } from "./plan-release.ts";
import type { ExportedStack, StateResource } from "./state.ts";

/**
 * The releases that the state has, and what else Helm has in the stack's namespaces.
 *
 * @param engine asked what the program would create when Helm has a release that the stack says nothing of
 */
export async function findReleases(
  client: ClusterClient,
  { deployment: { resources = [], pending_operations: pending = [] } }: ExportedStack,
  engine: Engine,
): Promise<FoundRelease[]> {
  const begun = pending.map(({ resource }) => resource);
  const histories = await historiesIn(client, namespacesOf([...resources, ...begun]));
  const inState = releasesOf(resources);
  const unknown = [...histories].filter(([release]) => !inState.has(release));
  const isExplained = unknown.every(([release]) => releasesOf(begun).has(release));
  const wanted = releasesOf([...(isExplained ? [] : await engine.creations()), ...begun]);
  return [
    ...[...inState].map(([release, resource]) => ({
      ...{ ...parseName(release), urn: resource.urn, patience: patienceOf(resource) },
      history: histories.get(release) ?? [],
    })),
    ...unknown.map(([release, history]) => {
      const resource = wanted.get(release);
      const asked = resource && { wanted: { resource, chart: chartName(resource, engine.folder) } };
      return { ...parseName(release), history, patience: patienceOf(resource), ...asked };
    }),
  ];
}

/** The plugin's defaults are helm_release.go's: five minutes, for objects as well. */
function patienceOf(resource: StateResource | undefined): FoundRelease["patience"] {
  const { timeout = 300, skipAwait = false } = (resource?.inputs ?? {}) as { timeout?: number; skipAwait?: boolean };
  return { hookSeconds: timeout, objectsSeconds: skipAwait ? 0 : timeout };
}

/** By `namespace/name`, which is the plugin's id of a release; oldest revision first. */
async function historiesIn(client: ClusterClient, namespaces: readonly string[]): Promise<Map<string, Revision[]>> {
  const lists = namespaces.map((namespace) => client.list("v1", "Secret", { namespace, labelSelector: "owner=helm" }));
  const revisions = (await Promise.all(lists)).flat().map(readRevision);
  return Map.groupBy(
    revisions.toSorted((a, b) => a.number - b.number),
    ({ namespace, name }) => `${namespace}/${name}`,
  );
}

/** Those that the stack makes, and those that it installs releases into. */
function namespacesOf(resources: readonly StateResource[]): string[] {
  const own = resources.flatMap(({ type, inputs }) =>
    type === "kubernetes:core/v1:Namespace" ? ((inputs as { metadata?: { name?: string } }).metadata?.name ?? []) : [],
  );
  const ofReleases = [...releasesOf(resources).keys()].map((release) => parseName(release).namespace);
  return [...new Set([...own, ...ofReleases])];
}

function releasesOf(resources: readonly StateResource[]): Map<string, StateResource> {
  const releases = resources.filter(({ type }) => type === "kubernetes:helm.sh/v3:Release");
  return new Map(
    releases.map((resource) => {
      const { namespace, name } = resource.inputs as unknown as ReleaseName;
      return [`${namespace}/${name}`, resource];
    }),
  );
}

function parseName(release: string): ReleaseName {
  const [namespace = "", name = ""] = release.split("/");
  return { namespace, name };
}

/** The name in a chart's folder; else the last part of its address, without the version of an archive. */
function chartName({ inputs }: StateResource, folder: string): string {
  const { chart, version = "" } = inputs as { chart: string; version?: string };
  const path = join(folder, chart);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
    return (parse(readFileSync(join(path, "Chart.yaml"), "utf8")) as { name: string }).name;
  return basename(chart).replace(`-${version}.tgz`, "");
}
