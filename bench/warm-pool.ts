import { waitForObject } from "../kube/wait-for.ts";
import { apiVersion } from "../operator/api/objects.ts";
import type { VDIPool } from "../operator/api/objects.ts";
import type { SessionCluster } from "./session-cluster.ts";

type Named = { readonly metadata: { readonly name: string } };

const readyMs = 180_000;

/** Has so many desktops started and waiting, works, and takes the pool away. It fills up again while sessions take from it. */
export async function withWarmPool<Result>(
  { client, namespace, template }: Pick<SessionCluster, "client" | "namespace"> & { template: Named },
  replicas: number,
  work: () => Promise<Result>,
): Promise<Result> {
  const key = { apiVersion, kind: "VDIPool", metadata: { name: "bench", namespace } };
  await client.create({ ...key, spec: { template: template.metadata.name, replicas } });
  try {
    const isFull = (pool: VDIPool | undefined) => (pool?.status?.readyReplicas ?? 0) >= replicas;
    await waitForObject<VDIPool>(client, key, isFull, { timeoutMs: readyMs });
    return await work();
  } finally {
    await client.delete(key);
  }
}
