import { objectsIn } from "../../helm/manifest.ts";
import { readRevision } from "../../helm/revision.ts";
import type { Revision } from "../../helm/revision.ts";
import type { AnyObject, ClusterClient } from "../../kube/client.ts";
import { markRecorded, newestRecord } from "../helm-records.ts";
import type { ReleaseName } from "../helm-records.ts";
import { isAwaited, releaseProblem, rolloutProblems } from "./problems.ts";

/**
 * What a release lacks, in lines; empty when Helm has it as deployed and all of it runs.
 *
 * @throws Error with the same lines when Helm has given it up, which waiting does not mend
 */
export async function releaseProblems(client: ClusterClient, { namespace, release }: ReleaseName): Promise<string[]> {
  const record = await newestRecord(client, { namespace, release });
  if (record) await markRecorded(client, record);
  const revision = record && readRevision(record);
  const found = releaseProblem(namespace, release, revision);
  const lines = [...(found ? [found.text] : []), ...(revision ? await workloadsOf(client, revision) : [])];
  if (found?.isFinal) throw new Error(lines.join("\n"));
  return lines;
}

/** What these objects lack, in lines; empty when all run. */
export async function problemsOf(client: ClusterClient, expected: readonly AnyObject[]): Promise<string[]> {
  const namespaces = [...new Set(expected.map(({ metadata }) => metadata?.namespace ?? ""))];
  const inAll = async (kind: string, fieldSelector?: string) =>
    (await Promise.all(namespaces.map((namespace) => client.list("v1", kind, { namespace, fieldSelector })))).flat();
  const [found, pods] = await Promise.all([
    Promise.all(
      expected.map(({ apiVersion = "", kind = "", metadata }) => {
        const { name = "", namespace = "" } = metadata ?? {};
        return client.get({ apiVersion, kind, metadata: { name, namespace } });
      }),
    ),
    inAll("Pod"),
  ]);
  const snapshot = { expected, found, pods, events: [] };
  // Events are many, and only tell about what does not run.
  if (rolloutProblems(snapshot).length === 0) return [];
  return rolloutProblems({ ...snapshot, events: await inAll("Event", "type=Warning") });
}

/** Hooks that Helm is at, or has failed at, are looked at as well. */
function workloadsOf(client: ClusterClient, { manifest, openHooks, namespace }: Revision): Promise<string[]> {
  const objects = [...objectsIn(manifest, namespace), ...objectsIn(openHooks, namespace)];
  return problemsOf(client, objects.filter(isAwaited));
}
