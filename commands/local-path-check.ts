import { z } from "zod";
import { runScript, waitUntil } from "./gate.ts";
import { storageVerdict } from "./local-path/storage-verdict.ts";
import { localPathSchema } from "./local-path/schema.ts";
import type { StorageVerdict } from "./local-path/storage-verdict.ts";

const inputSchema = z.object({ context: z.string().optional(), className: z.string(), localPath: localPathSchema });

await runScript(inputSchema, async ({ className, localPath }, client) => {
  const verdict = await waitUntil<StorageVerdict>(
    async () => {
      const [storageClass, config] = await Promise.all([
        client.get({ apiVersion: "storage.k8s.io/v1", kind: "StorageClass", metadata: { name: className } }),
        client.get({
          apiVersion: "v1",
          kind: "ConfigMap",
          metadata: { namespace: localPath.namespace, name: localPath.configMap },
        }),
      ]);
      const seen = storageVerdict(className, localPath, storageClass, config);
      return seen.refusal === undefined ? { done: seen } : { waiting: seen.refusal };
    },
    // A K3s that has just started lays its packaged components down within the first minute.
    { timeoutSeconds: 60 },
  );
  return { report: verdict.report };
});
