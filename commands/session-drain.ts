import { z } from "zod";
import { statusCode, UnknownKindError } from "../kube/client.ts";
import type { AnyObject, ClusterClient } from "../kube/client.ts";
import { runScript, waitUntil } from "./gate.ts";
import { planDrain, sessionKind } from "./session-drain/plan.ts";

const inputSchema = z.object({
  context: z.string().optional(),
  /** How long the operator may take to clean up behind deleted sessions. */
  operatorSeconds: z.number(),
});

// Deletes every session, so that the operator, its CRDs and the namespace can go after them.
await runScript(inputSchema, async ({ operatorSeconds }, client) => {
  const lateAt = Date.now() + operatorSeconds * 1000;
  return waitUntil<object>(
    async () => {
      const { remove, release, left } = planDrain(await sessions(client), Date.now() >= lateAt);
      if (left === undefined) return { done: {} };
      for (const key of remove) await client.delete(key);
      if (release.length > 0) console.error("the operator does not clean up; its finalizer is taken off");
      for (const session of release) await client.mergePatch(session).catch(unlessGone);
      return { waiting: left };
    },
    { timeoutSeconds: operatorSeconds + 60 },
  );
});

async function sessions(client: ClusterClient): Promise<AnyObject[]> {
  try {
    return await client.list(sessionKind.apiVersion, sessionKind.kind);
  } catch (error) {
    if (error instanceof UnknownKindError || statusCode(error) === 404) return [];
    throw error;
  }
}

function unlessGone(error: unknown): void {
  if (statusCode(error) !== 404) throw error;
}
