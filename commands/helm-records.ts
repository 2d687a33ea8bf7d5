import { newestRevision, revisionSelector } from "../helm/revision.ts";
import type { AnyObject, ClusterClient } from "../kube/client.ts";

export interface ReleaseName {
  readonly namespace: string;
  readonly release: string;
}

/** Helm's Secret of the newest revision of a release. */
export async function newestRecord(
  client: ClusterClient,
  { namespace, release }: ReleaseName,
): Promise<AnyObject | undefined> {
  return newestRevision(await client.list("v1", "Secret", { namespace, labelSelector: revisionSelector(release) }));
}

const recorded = "kasm-vdi.io/recorded";

/** Whether Pulumi has a revision in its state for certain. */
export function isRecorded({ metadata }: AnyObject): boolean {
  return metadata?.annotations?.[recorded] === "true";
}

/** Notes that Pulumi has a revision in its state, as it does when gates run. */
export async function markRecorded(client: ClusterClient, record: AnyObject): Promise<void> {
  if (isRecorded(record)) return;
  const { name = "", namespace = "" } = record.metadata ?? {};
  const metadata = { name, namespace, annotations: { [recorded]: "true" } };
  await client.mergePatch({ apiVersion: "v1", kind: "Secret", metadata });
}
