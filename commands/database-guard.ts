import { z } from "zod";
import { statusCode } from "../kube/client.ts";
import type { AnyObject } from "../kube/client.ts";
import { databaseLeftBehind } from "./database-guard/left-behind.ts";
import { runScript } from "./gate.ts";

const inputSchema = z.object({
  context: z.string().optional(),
  /** Under which the stack writes its objects. */
  manager: z.string(),
  /** Of the ConfigMap that remembers Kasm's database. */
  record: z.string(),
  namespace: z.string(),
  clusterName: z.string(),
  clusterNameLabel: z.string(),
  stackAnnotation: z.string(),
});

// Runs before Pulumi changes anything: what it replaces it makes first, and by then the old database cannot be saved any more.
await runScript(inputSchema, async ({ context: _context, ...wanted }, client) => {
  const fieldSelector = `metadata.name=${wanted.record}`;
  const records = await client.list("v1", "ConfigMap", { fieldSelector }).catch(unlessForbidden);
  const refusal = databaseLeftBehind(records, wanted);
  if (refusal !== undefined) throw new Error(refusal);
  return {};
});

/** Who may not look into all namespaces may not make any of the objects either. */
function unlessForbidden(error: unknown): AnyObject[] {
  if (statusCode(error) === 403) return [];
  throw error;
}
