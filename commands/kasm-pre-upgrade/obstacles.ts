import type { AnyObject, ObjectKey } from "../../kube/client.ts";

/** What stands in the way of an upgrade by Helm, since Kubernetes does not let it change. */
export interface Obstacles {
  /** Takes its pods along. */
  readonly finishedJob?: ObjectKey;
  /** Their pods and volumes stay; Helm makes them again, and they take both over. */
  readonly statefulSets: readonly ObjectKey[];
  /** One sentence; absent when nothing has to be waited for. */
  readonly waiting?: string;
}

/**
 * Looks at what Kubernetes would refuse to change: the pod template of the chart's database Job, which stays for 300 s
 * after its end, and the storage class in the claim templates of its StatefulSets.
 *
 * @param job the Job that the next release has too, if it is there
 * @param storageClassName class that the next release gives to new volumes
 */
export function obstacles(
  job: AnyObject | undefined,
  statefulSets: readonly AnyObject[],
  storageClassName: string,
): Obstacles {
  const stale = statefulSets.filter((set) => claimClasses(set).some((name) => name !== storageClassName));
  const waiting = job && waitingFor(job);
  return {
    ...(job && waiting === undefined && { finishedJob: keyOf(job) }),
    statefulSets: stale.map(keyOf),
    ...(waiting !== undefined && { waiting }),
  };
}

/**
 * Why an upgrade must not be begun over a database that an upgrade has made already: Helm would delete the dump that was
 * taken before it, and the chart would dump what is there now, which after a failure is an empty database.
 */
export function upgradeRefusal(namespace: string, database: string): string {
  return (
    `StatefulSet ${namespace}/${database} is there: this upgrade has been made, or has begun and failed half-way, and to repeat ` +
    `it would overwrite the dump that was taken before. Look at kubectl logs -n ${namespace} job/kasm-db-upgrade. When the data ` +
    `has been moved, set kasm-vdi:kasm.database to keep; when not, see docs/components/kasm-workspaces.md before anything else.`
  );
}

// A Job that waits for its image or for the database has not touched any data; one whose container runs has.
function waitingFor(job: AnyObject): string | undefined {
  const { ready = 0 } = (job["status"] ?? {}) as { ready?: number };
  const { namespace = "", name = "", deletionTimestamp } = job.metadata ?? {};
  if (deletionTimestamp !== undefined) return `Job ${namespace}/${name} is being deleted`;
  return ready > 0
    ? `Job ${namespace}/${name} is at work on the database (kubectl logs -n ${namespace} job/${name} --follow)`
    : undefined;
}

function claimClasses(statefulSet: AnyObject): (string | undefined)[] {
  const spec = statefulSet["spec"] as { volumeClaimTemplates?: { spec?: { storageClassName?: string } }[] } | undefined;
  return (spec?.volumeClaimTemplates ?? []).map((template) => template.spec?.storageClassName);
}

function keyOf({ apiVersion = "", kind = "", metadata }: AnyObject): ObjectKey {
  return { apiVersion, kind, metadata: { namespace: metadata?.namespace ?? "", name: metadata?.name ?? "" } };
}
