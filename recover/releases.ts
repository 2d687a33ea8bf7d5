import { readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { parse } from "yaml";
import { readRevision } from "../helm/revision.ts";
import type { Revision } from "../helm/revision.ts";
import type { ClusterClient } from "../kube/client.ts";
import type { Engine } from "./engine.ts";
import type { ReleaseName } from "./findings.ts";
import type { FoundRelease } from "./plan-release.ts";
import type { ExportedStack, PendingOperation, StateResource } from "./state.ts";

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
  const begun = (type: PendingOperation["type"]) =>
    releasesOf(pending.filter((operation) => operation.type === type).map(({ resource }) => resource));
  const [inState, created, updated] = [releasesOf(resources), begun("creating"), begun("updating")];
  const histories = await historiesIn(client, namespacesOf([...resources, ...pending.map(({ resource }) => resource)]));
  const isExplained = (release: string) => inState.has(release) || created.has(release);
  const creations = [...histories.keys()].every(isExplained) ? [] : await engine.creations();
  const wanted = new Map([...releasesOf(creations), ...created]);
  return [...new Set([...inState.keys(), ...histories.keys()])].map((release) => {
    const known = inState.get(release);
    const asked = known ? updated.get(release) : wanted.get(release);
    return {
      ...parseName(release),
      history: histories.get(release) ?? [],
      patience: patienceOf(asked ?? known),
      ...(known && { urn: known.urn }),
      ...(asked && { wanted: { resource: { ...known, ...asked }, chart: chartName(asked, engine.folder) } }),
    };
  });
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
