import type { ClusterClient } from "../../kube/client.ts";
import { WaitTimeoutError, waitForObject } from "../../kube/wait-for.ts";
import { readyCondition, sessionKey } from "./objects.ts";
import type { Session } from "./objects.ts";

export interface WaitForSession {
  readonly namespace: string;
  readonly name: string;
  readonly timeoutMs: number;
  /** Told what the session waits for, each time that it is something else. */
  readonly onProgress?: (line: string) => void;
}

/**
 * Waits until a session's desktop is ready.
 * @throws Error with the session's own message, and where to look, when it fails, is deleted, or takes too long
 */
export async function waitUntilReady(client: ClusterClient, wait: WaitForSession): Promise<Session> {
  const { namespace, name, timeoutMs, onProgress } = wait;
  let told = "";
  const isReady = (session: Session | undefined): boolean => {
    if (session === undefined) throw new Error(`Session ${name} was deleted while it started.`);
    const line = stateLine(session);
    if (line !== told) onProgress?.(line);
    told = line;
    if (session.status?.phase === "Failed") throw new Error(problem(session, "has failed"));
    return readyCondition(session)?.status === "True";
  };
  try {
    const session = await waitForObject<Session>(client, sessionKey(namespace, name), isReady, { timeoutMs });
    if (!session) throw new Error(`Session ${name} is gone.`);
    return session;
  } catch (error) {
    if (!(error instanceof WaitTimeoutError)) throw error;
    throw new Error(problem(error.last as Session, `is not ready after ${timeoutMs / 1000} s`), { cause: error });
  }
}

/** Phase, and why it is not ready yet: `demo: Creating, PodPending: ...`. */
export function stateLine(session: Session): string {
  const { phase = "not seen by the operator yet", message } = session.status ?? {};
  const ready = readyCondition(session);
  const why = ready?.status === "True" ? "" : [ready?.reason, ready?.message ?? message].filter(Boolean).join(": ");
  return [`${session.metadata.name}: ${phase}`, why].filter(Boolean).join(", ");
}

function problem({ metadata: { name, namespace = "" }, spec, status }: Session, what: string): string {
  const why = status?.message ?? (status ? "it gives no reason" : "the operator has not looked at it");
  return (
    `Session ${name} (template ${spec.template}) ${what}: ${why}\n` +
    `See \`npm run lab logs operator\`, and with the lab's exports \`kubectl -n ${namespace} describe vdi ${name}\`.`
  );
}
