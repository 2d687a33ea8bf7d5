import { z } from "zod";
import { runScript, waitUntil } from "./gate.ts";
import { refusePatch } from "./local-path/patch-refusal.ts";
import { localPathSchema } from "./local-path/schema.ts";

const inputSchema = z.object({ context: z.string().optional(), localPath: localPathSchema });

await runScript(inputSchema, async ({ localPath: { namespace, configMap } }, client) =>
  waitUntil<object>(
    async () => {
      const [config, deployment] = await Promise.all([
        client.get({ apiVersion: "v1", kind: "ConfigMap", metadata: { namespace, name: configMap } }),
        client.get({
          apiVersion: "apps/v1",
          kind: "Deployment",
          metadata: { namespace, name: "local-path-provisioner" },
        }),
      ]);
      const refusal = refusePatch(config, deployment);
      return refusal === undefined ? { done: {} } : { waiting: refusal };
    },
    // A K3s that has just started lays its packaged components down within the first minute.
    { timeoutSeconds: 60 },
  ),
);
