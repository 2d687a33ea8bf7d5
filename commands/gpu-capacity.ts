import { z } from "zod";
import type { ClusterClient } from "../kube/client.ts";
import { runScript, waitUntil } from "./gate.ts";
import { judgeGpuCapacity } from "./gpu-capacity.judge.ts";
import type { GpuSnapshot } from "./gpu-capacity.judge.ts";

const inputSchema = z.object({
  context: z.string().optional(),
  namespace: z.string(),
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
      const verdict = judgeGpuCapacity(input, await snapshot(client, input.namespace, input.configMap));
      return verdict.problems.length > 0 ? { waiting: verdict.problems.join("\n") } : { done: verdict.slices };
    },
    { timeoutSeconds: input.timeoutSeconds },
  );
  return { slices };
});

async function snapshot(client: ClusterClient, namespace: string, configMap: string): Promise<GpuSnapshot> {
  const [nodes, configMaps, clusterPolicy, pluginPods] = await Promise.all([
    client.list("v1", "Node"),
    client.list("v1", "ConfigMap", { fieldSelector: `metadata.name=${configMap}` }),
    client.get({ apiVersion: "nvidia.com/v1", kind: "ClusterPolicy", metadata: { name: "cluster-policy" } }),
    client.list("v1", "Pod", { namespace, labelSelector: "app=nvidia-device-plugin-daemonset" }),
  ]);
  return { nodes, configMaps, clusterPolicy, pluginPods };
}
