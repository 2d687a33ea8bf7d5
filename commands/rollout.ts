import { z } from "zod";
import { workloadKinds } from "../analyzers/workloads/workloads.ts";
import { runScript, waitUntil } from "./gate.ts";
import { problemsOf, releaseProblems } from "./rollout/collect.ts";

const inputSchema = z.object({
  context: z.string().optional(),
  namespace: z.string(),
  /** Helm release; absent for a workload that the program made itself. */
  release: z.string().optional(),
  workload: z.object({ kind: z.enum(Object.keys(workloadKinds)), name: z.string() }).optional(),
  timeoutSeconds: z.int(),
});

// Waits until what was installed runs; what does not is told with the pods' names and reasons.
await runScript(inputSchema, async ({ namespace, release, workload, timeoutSeconds }, client) =>
  waitUntil<object>(
    async () => {
      const problems = release
        ? await releaseProblems(client, { namespace, release })
        : await problemsOf(client, workload ? [objectOf(namespace, workload)] : []);
      return problems.length > 0 ? { waiting: problems.join("\n") } : { done: {} };
    },
    { timeoutSeconds },
  ),
);

function objectOf(namespace: string, { kind, name }: { kind: string; name: string }) {
  return { apiVersion: workloadKinds[kind] ?? "", kind, metadata: { namespace, name } };
}
