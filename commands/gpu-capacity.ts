import { z } from "zod";
import type { ClusterClient } from "../kube/client.ts";
import type { Pod } from "../kube/kinds.ts";
import { runScript, waitUntil } from "./gate.ts";
import { gpuCapacityVerdict } from "./gpu-capacity/verdict.ts";
import type { GpuSnapshot } from "./gpu-capacity/verdict.ts";
import { releaseProblems } from "./rollout/collect.ts";

const inputSchema = z.object({
  context: z.string().optional(),
  namespace: z.string(),
  release: z.string(),
  configMap: z.string(),
  defaultKey: z.string(),
  pools: z.array(
    z.object({
      name: z.string(),
      count: z.int(),
      gpusPerNode: z.int(),
      slicesPerNode: z.int(),
      labels: z.record(z.string(), z.string()),
      configKey: z.string(),
    }),
  ),
  timeoutSeconds: z.int(),
});

await runScript(inputSchema, async (input, client) => {
  const slices = await waitUntil(
    async () => {
      const [installed, seen] = await Promise.all([releaseProblems(client, input), snapshot(client, input)]);
      const verdict = gpuCapacityVerdict(input, seen);
      const problems = [...installed, ...verdict.problems];
      return problems.length > 0 ? { waiting: problems.join("\n") } : { done: verdict.slices };
    },
    { timeoutSeconds: input.timeoutSeconds },
  );
  return { slices };
});

async function snapshot(
  client: ClusterClient,
  { namespace, configMap }: { namespace: string; configMap: string },
): Promise<GpuSnapshot> {
  const [nodes, configMaps, clusterPolicy, pods, events] = await Promise.all([
    client.list("v1", "Node"),
    client.list("v1", "ConfigMap", { fieldSelector: `metadata.name=${configMap}` }),
    client.get({ apiVersion: "nvidia.com/v1", kind: "ClusterPolicy", metadata: { name: "cluster-policy" } }),
    client.list("v1", "Pod", { namespace }),
    client.list("v1", "Event", { namespace, fieldSelector: "type=Warning" }),
  ]);
  return { nodes, configMaps, clusterPolicy, pods: pods as Pod[], events };
}
