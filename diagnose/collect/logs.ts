import type { ContainerLog, Snapshot } from "../../analyzers/snapshot.ts";
import type { ContainerStatus, Pod } from "../../kube/kinds.ts";
import type { ClusterClient } from "../../kube/client.ts";
import { cleanText, nobodyCounts } from "./hidden.ts";
import type { Hide } from "./hidden.ts";

const tail = { tailLines: 60, limitBytes: 16_384 };
/** Of a cluster where everything fails, the first tell enough. */
const mostLogs = 120;
const atOnce = 8;

/** Controllers that say in their logs alone what they were not allowed to do. */
const alwaysRead = new Set(["kasm-operator", "kasm-gateway"]);

interface Wanted {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly previous: boolean;
}

/** The ends of the logs that matter: of containers that ended, wait in their init steps, or run and are not ready. */
export async function collectLogs(
  client: ClusterClient,
  { objects }: Snapshot,
  hide: Hide = nobodyCounts,
): Promise<ContainerLog[]> {
  const pods = objects["Pod"];
  const wanted = (pods && "seen" in pods ? (pods.seen as readonly Pod[]) : []).flatMap(logsOf).slice(0, mostLogs);
  const logs: ContainerLog[] = [];
  const queue = [...wanted];
  const work = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const text = await read(client, next);
      if (text !== undefined && text !== "")
        logs.push({ ...next, text: cleanText(text, hide, "passwords and tokens in logs") });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return logs;
}

/** Which logs of a pod tell why it is not ready. */
export function logsOf({ metadata, status }: Pod): Wanted[] {
  if (status?.phase === "Succeeded") return [];
  const { initContainerStatuses: inits = [], containerStatuses: mains = [] } = status ?? {};
  const isTelling = alwaysRead.has(metadata.labels?.["app.kubernetes.io/name"] ?? "");
  const isDone = (it: ContainerStatus) => it.ready || it.state?.terminated?.exitCode === 0;
  const stuck = inits.find((it) => !isDone(it));
  const of = ({ name, state, lastState }: ContainerStatus): Wanted[] => {
    const key = { namespace: metadata.namespace ?? "", pod: metadata.name, container: name };
    return [
      ...(state?.running || state?.terminated ? [{ ...key, previous: false }] : []),
      ...(lastState?.terminated ? [{ ...key, previous: true }] : []),
    ];
  };
  return stuck ? of(stuck) : mains.filter((it) => !it.ready || isTelling).flatMap(of);
}

/** A log that is not there (any more) is no error: containers end and are removed while this looks. */
async function read(
  client: ClusterClient,
  { namespace, pod, container, previous }: Wanted,
): Promise<string | undefined> {
  try {
    return await client.log({ namespace, name: pod, container }, { ...tail, previous });
  } catch {
    return undefined;
  }
}
