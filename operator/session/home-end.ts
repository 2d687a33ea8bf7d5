import type { ClusterClient } from "../../kube/client.ts";
import type { VDISession } from "../api/objects.ts";
import { homeName } from "../resources/names.ts";
import { keyBeside } from "../resources/keys.ts";
import type { HomeAtEnd } from "../view/session-view.ts";
import type { LiveSession, LiveSessions } from "./live-sessions.ts";

/** Whether a session's home is to go with it. */
export function endsHome({ spec: { persistence } }: Pick<VDISession, "spec">): boolean {
  return persistence.enabled && persistence.reclaim === "Delete";
}

/**
 * Reads what decides about a home's end from the API server: a home that was deleted on what a cache knew cannot be brought
 * back. The claim is read first, so that its version is older than the list of sessions.
 */
export async function readHomeAtEnd(
  session: VDISession,
  client: Pick<ClusterClient, "get">,
  sessions: Pick<LiveSessions, "read">,
): Promise<HomeAtEnd> {
  const claim = await client.get(keyBeside(session, "v1", "PersistentVolumeClaim", homeName(session.spec.user)));
  if (claim?.metadata?.deletionTimestamp !== undefined || claim === undefined) return { claim, isShared: false };
  return { claim, isShared: isHomeShared(session, await sessions.read()) };
}

/** Whether one of these wants the home of a session that goes. */
export function isHomeShared({ metadata, spec }: LiveSession, others: Iterable<LiveSession>): boolean {
  for (const other of others)
    if (other.metadata.uid !== metadata.uid && other.spec.user === spec.user && wantsHome(other)) return true;
  return false;
}

/** Of two that go at the same time and both give their home away, neither keeps it for the other. */
function wantsHome({ metadata, spec: { persistence } }: LiveSession): boolean {
  return persistence.enabled && (metadata.deletionTimestamp === undefined || persistence.reclaim === "Retain");
}
