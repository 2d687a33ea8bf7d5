import { z } from "zod";
import { recoveryFrom } from "../helm/interruption.ts";
import { failedRevision, readRevision } from "../helm/revision.ts";
import { statusCode } from "../kube/client.ts";
import type { AnyObject } from "../kube/client.ts";
import { runScript, waitUntil } from "./gate.ts";
import { newestRecord, workloadsOf } from "./rollout.collect.ts";

const inputSchema = z.object({
  context: z.string().optional(),
  namespace: z.string(),
  release: z.string(),
  operation: z.enum(["create", "update"]),
  chartVersion: z.string(),
  values: z.record(z.string(), z.unknown()),
  /** How long Helm may wait for one of its hooks. */
  timeoutSeconds: z.int(),
});

// Runs when Helm has failed: tells whether it should try again, after an earlier Helm that was killed, and what does not run.
await runScript(inputSchema, async ({ namespace, release, ...attempt }, client) => {
  const waits: string[] = [];
  const { kind, record } = await waitUntil<Recovered>(
    async () => {
      const record = await newestRecord(client, { namespace, release });
      const recovery = recoveryFrom(record && readRevision(record), attempt, new Date());
      if (recovery.kind === "refuse") throw new Error(recovery.reason);
      if (recovery.kind === "wait") {
        waits.push(recovery.reason);
        return { waiting: recovery.reason };
      }
      if (recovery.kind === "mark-failed" && record) {
        const failed = failedRevision(record, recovery.description, new Date());
        const isMarked = await client.mergePatch(failed).then(() => true, unlessChanged);
        if (!isMarked) return { waiting: `Helm has just changed its record of release ${namespace}/${release}` };
      }
      return { done: { kind: recovery.kind, record } };
    },
    { timeoutSeconds: attempt.timeoutSeconds + 300 },
  );
  if (kind === "mark-failed" || waits.length > 0) return { retry: true, problems: [] };
  return { retry: false, problems: record ? await workloadsOf(client, readRevision(record)) : [] };
});

interface Recovered {
  readonly kind: "none" | "mark-failed";
  /** Helm's, as it was read. */
  readonly record: AnyObject | undefined;
}

function unlessChanged(error: unknown): false {
  if (statusCode(error) !== 409) throw error;
  return false;
}
