import { z } from "zod";
import { runScript, waitUntil } from "./gate.ts";
import { describeTraefik, missingCrds } from "./traefik-gate.judge.ts";
import type { TraefikFindings } from "./traefik-gate.judge.ts";
import { awaitedOfTraefik } from "./traefik-rollout.judge.ts";
import { helmJobPods, helmObject, traefikCrds, traefikObjects } from "./traefik.ts";

const inputSchema = z.object({
  context: z.string().optional(),
  namespace: z.string(),
  arguments: z.array(z.string()),
  timeoutSeconds: z.int(),
});

await runScript(inputSchema, async ({ namespace, arguments: wanted, timeoutSeconds }, client) =>
  waitUntil<TraefikFindings>(
    async () => {
      const isOfK3s = namespace === "kube-system";
      const [crds, [deployment, service], chart, jobPods] = await Promise.all([
        traefikCrds(client),
        traefikObjects(client, namespace),
        isOfK3s ? helmObject(client, "HelmChart") : undefined,
        isOfK3s ? helmJobPods(client) : [],
      ]);
      const missing = missingCrds(crds);
      if (missing.length > 0) return { waiting: `Traefik's CRDs are not established: ${missing.join(", ")}` };
      const waiting = awaitedOfTraefik(wanted, deployment, chart, jobPods);
      return waiting === undefined ? { done: describeTraefik(crds, deployment, service) } : { waiting };
    },
    { timeoutSeconds },
  ),
);
