import type { Part, Snapshot } from "../../analyzers/snapshot.ts";
import { apiMessage, statusCode, UnknownKindError } from "../../kube/client.ts";
import type { AnyObject, ClusterClient } from "../../kube/client.ts";
import { collectedKinds, namesOnly, selectors } from "./kinds.ts";
import { collectLogs } from "./logs.ts";
import { trimmed } from "./trim.ts";

/** What is told while it goes on. */
export type Progress = (done: number, of: number, what: string) => void;

interface Read {
  readonly kind: string;
  readonly part: Part<readonly AnyObject[]>;
  readonly isMissing: boolean;
}

/**
 * Reads everything that analyzers look at, once, page by page; changes nothing. A kind that may not be listed is `unseen` with
 * the API server's words.
 *
 * @throws where the API server itself does not answer, or does not know who asks
 */
export async function collect(client: ClusterClient, progress: Progress = () => undefined): Promise<Snapshot> {
  const kinds = Object.entries(collectedKinds);
  const clock = { skewMs: 0 };
  const version = await serverVersion(client, clock);
  let done = 0;
  const read = await Promise.all(
    kinds.map(async ([kind, apiVersion]) => {
      const part = await readKind(client, apiVersion, kind);
      progress(++done, kinds.length, kind);
      return part;
    }),
  );
  const objects = Object.fromEntries(read.map(({ kind, part }) => [kind, part]));
  const snapshot: Snapshot = {
    kind: "KasmVdiSnapshot",
    schemaVersion: 1,
    // All ages are told by the clock that wrote them.
    takenAt: new Date(Date.now() + clock.skewMs).toISOString(),
    server: { ...(version !== undefined && { version }), clockSkewSeconds: Math.round(clock.skewMs / 1_000) },
    objects,
    missingKinds: read.filter(({ isMissing }) => isMissing).map(({ kind }) => kind),
    logs: [],
    probes: [],
  };
  return { ...snapshot, logs: await collectLogs(client, snapshot) };
}

async function readKind(client: ClusterClient, apiVersion: string, kind: string): Promise<Read> {
  try {
    const items: AnyObject[] = [];
    let next: string | undefined;
    do {
      const page = await client.listPage(apiVersion, kind, {
        ...{ limit: 500, continue: next },
        metadataOnly: namesOnly.has(kind),
        ...(selectors[kind] !== undefined && { labelSelector: selectors[kind] }),
      });
      // Page by page, so that what is dropped is never there all at once.
      for (const item of page.items) items.push(trimmed(item));
      next = page.continue;
    } while (next !== undefined);
    return { kind, part: { seen: items }, isMissing: false };
  } catch (error) {
    if (error instanceof UnknownKindError || statusCode(error) === 404)
      return { kind, part: { seen: [] }, isMissing: true };
    if (statusCode(error) === 401 || statusCode(error) === undefined) throw error;
    return { kind, part: { unseen: apiMessage(error) }, isMissing: false };
  }
}

/** The server's version, and how far its clock is ahead of this machine's. */
async function serverVersion(client: ClusterClient, clock: { skewMs: number }): Promise<string | undefined> {
  const begun = Date.now();
  const { version, date } = await client.version();
  const middle = (begun + Date.now()) / 2;
  // The header has whole seconds.
  if (date) clock.skewMs = Math.abs(date.getTime() + 500 - middle) < 1_500 ? 0 : date.getTime() + 500 - middle;
  return version;
}
