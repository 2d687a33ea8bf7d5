import { z } from "zod";
import { runScript, waitUntil } from "./gate.ts";
import { obstacles, upgradeRefusal } from "./kasm-pre-upgrade/obstacles.ts";

const inputSchema = z.object({
  context: z.string().optional(),
  namespace: z.string(),
  /** Name of the database Job that the next release has; absent when it has none. */
  job: z.string().optional(),
  /** Name of the database that an upgrade makes; absent when there is none. */
  upgradeTo: z.string().optional(),
  /** Label selector of the StatefulSets that the next release has too. */
  statefulSets: z.string(),
  storageClassName: z.string(),
  timeoutSeconds: z.int(),
});

// Takes away what Helm could not change, and tells what it was. There is nothing before the first installation.
await runScript(inputSchema, async ({ namespace, job, statefulSets: labelSelector, ...input }, client) => {
  const jobKey = { apiVersion: "batch/v1", kind: "Job", metadata: { namespace, name: job ?? "" } };
  const removed = new Set<string>();
  if (input.upgradeTo !== undefined) {
    const metadata = { namespace, name: input.upgradeTo };
    const begun = await client.get({ apiVersion: "apps/v1", kind: "StatefulSet", metadata });
    if (begun) throw new Error(upgradeRefusal(namespace, input.upgradeTo));
  }
  await waitUntil(
    async () => {
      const present = job === undefined ? undefined : await client.get(jobKey);
      const sets = await client.list("apps/v1", "StatefulSet", { namespace, labelSelector });
      const { finishedJob, statefulSets, waiting } = obstacles(present, sets, input.storageClassName);
      for (const [key, policy] of [
        ...statefulSets.map((key) => [key, "Orphan"] as const),
        ...(finishedJob ? [[finishedJob, "Background"] as const] : []),
      ]) {
        await client.delete(key, policy);
        removed.add(`${key.kind} ${key.metadata.name}`);
      }
      if (waiting !== undefined) return { waiting };
      return finishedJob || statefulSets.length > 0
        ? { waiting: `${[...removed].join(", ")} must be gone` }
        : { done: true };
    },
    { timeoutSeconds: input.timeoutSeconds },
  );
  return { removed: [...removed] };
});
