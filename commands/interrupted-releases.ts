import { z } from "zod";
import { interruptionOf } from "../helm/interruption.ts";
import { objectsIn } from "../helm/manifest.ts";
import { failedRevision, readRevision } from "../helm/revision.ts";
import type { Revision } from "../helm/revision.ts";
import { statusCode } from "../kube/client.ts";
import type { ClusterClient } from "../kube/client.ts";
import { quoted } from "../kube/sentences.ts";
import { runScript, waitUntil } from "./gate.ts";
import { isRecorded, newestRecord } from "./helm-records.ts";
import { problemsOf } from "./rollout/collect.ts";
import { isAwaited } from "./rollout/problems.ts";

const inputSchema = z.object({
  context: z.string().optional(),
  releases: z.array(
    z.object({
      namespace: z.string(),
      release: z.string(),
      /** How long Helm waits for each of its hooks. */
      timeoutSeconds: z.int(),
    }),
  ),
});
type Release = z.infer<typeof inputSchema>["releases"][number];

interface Findings {
  /** What Helm has failed at, and what of its hooks does not run. Pulumi has it try again. */
  readonly failed: string[];
  /** Revisions at which Helm was killed, now marked as failed. */
  readonly resumed: string[];
  /** Deployed revisions that no gate has seen: Pulumi may not have them in its state. */
  readonly unrecorded: string[];
}

// Lets Helm go on where it was killed. Runs before Pulumi changes any release.
await runScript(inputSchema, async ({ releases }, client): Promise<Findings> => {
  const found = await Promise.all(releases.map((release) => resume(client, release)));
  return {
    failed: found.flatMap(({ failed }) => failed ?? []),
    resumed: found.flatMap(({ resumed }) => resumed ?? []),
    unrecorded: found.flatMap(({ unrecorded }) => unrecorded ?? []),
  };
});

function resume(client: ClusterClient, { timeoutSeconds, ...name }: Release): Promise<Partial<Findings>> {
  return waitUntil<Partial<Findings>>(
    async () => {
      const record = await newestRecord(client, name);
      if (!record) return { done: {} };
      const revision = readRevision(record);
      const now = new Date();
      const interruption = interruptionOf(revision, timeoutSeconds, now);
      const what = `revision ${revision.number} of release ${name.namespace}/${name.release}`;
      if (!interruption) {
        if (revision.status === "failed") return { done: { failed: await failure(client, what, revision) } };
        return { done: revision.status === "deployed" && !isRecorded(record) ? { unrecorded: [what] } : {} };
      }
      if (interruption.kind === "wait") return { waiting: interruption.reason };
      const failed = failedRevision(record, `Interrupted while it was ${revision.status}`, now);
      const isMarked = await client.mergePatch(failed).then(() => true, unlessChanged);
      // Helm was at work after all.
      return isMarked ? { done: { resumed: [what] } } : { waiting: `Helm has just changed ${what}` };
    },
    { timeoutSeconds: timeoutSeconds + 300 },
  );
}

async function failure(client: ClusterClient, what: string, { description, openHooks, namespace }: Revision) {
  const hooks = await problemsOf(client, objectsIn(openHooks, namespace).filter(isAwaited));
  return [[`${what}: ${quoted(description)}`, ...hooks].join("\n  ")];
}

function unlessChanged(error: unknown): false {
  if (statusCode(error) !== 409) throw error;
  return false;
}
