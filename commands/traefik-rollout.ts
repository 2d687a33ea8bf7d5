import { z } from "zod";
import { runScript, waitUntil } from "./gate.ts";
import { releaseProblems } from "./rollout/collect.ts";
import { missingCrds } from "../analyzers/traefik/crds.ts";
import { describeTraefik } from "./traefik/configuration.ts";
import type { TraefikFindings } from "./traefik/configuration.ts";
import { awaitedOfTraefik } from "./traefik/rollout.ts";
import { helmObject, traefikCrds, traefikObjects } from "./traefik/objects.ts";

const inputSchema = z.object({
  context: z.string().optional(),
  namespace: z.string(),
  /** Name of the Helm release; absent for K3s's Traefik. */
  release: z.string().optional(),
  arguments: z.array(z.string()),
  timeoutSeconds: z.int(),
});

await runScript(inputSchema, async ({ namespace, release, arguments: wanted, timeoutSeconds }, client) =>
  waitUntil<TraefikFindings>(
    async () => {
      const problems = release === undefined ? [] : await releaseProblems(client, { namespace, release });
      if (problems.length > 0) return { waiting: problems.join("\n") };
      const [crds, [deployment, service], chart, pods, events] = await Promise.all([
        traefikCrds(client),
        traefikObjects(client, namespace),
        release === undefined ? helmObject(client, "HelmChart") : undefined,
        client.list("v1", "Pod", { namespace }),
        client.list("v1", "Event", { namespace, fieldSelector: "type=Warning" }),
      ]);
      const missing = missingCrds(crds);
      if (missing.length > 0) return { waiting: `Traefik's CRDs are not established: ${missing.join(", ")}` };
      const waiting = awaitedOfTraefik(wanted, deployment, chart, { pods, events });
      return waiting === undefined ? { done: describeTraefik(crds, deployment, service) } : { waiting };
    },
    { timeoutSeconds },
  ),
);
