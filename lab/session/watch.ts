import type { ClusterClient } from "../../kube/client.ts";
import { Informer } from "../../kube/informer.ts";
import { apiVersion, readyCondition } from "./objects.ts";
import type { Session } from "./objects.ts";

/** Tells of each change of a session's phase, reason or sentence until `signal` aborts; one line each. */
export async function watchSessions(
  client: ClusterClient,
  namespace: string,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const informer = new Informer<Session>(client, { apiVersion, kind: "VDISession", namespace }, { log: say });
  const told = new Map<string, string>();
  const tell = (session: Session) => {
    const { name, uid = name } = session.metadata;
    const line = changeLine(session);
    if (told.get(uid) !== line) say(`${clockTime(new Date())}  ${line}`);
    told.set(uid, line);
  };
  informer.on({
    add: tell,
    update: tell,
    delete: ({ metadata: { name, uid = name } }) => {
      told.delete(uid);
      say(`${clockTime(new Date())}  ${name}  gone`);
    },
  });
  await informer.run(signal);
}

/** Name, phase, reason and sentence, with two spaces between them. */
export function changeLine(session: Session): string {
  const { metadata, status } = session;
  const phase = metadata.deletionTimestamp === undefined ? status?.phase : "Terminating";
  const { reason, message } = readyCondition(session) ?? {};
  return [metadata.name, phase ?? "-", reason ?? "-", status?.message ?? message ?? ""].join("  ").trimEnd();
}

/** 16:05:09.123, local time. */
function clockTime(now: Date): string {
  return `${now.toTimeString().slice(0, 8)}.${String(now.getMilliseconds()).padStart(3, "0")}`;
}
