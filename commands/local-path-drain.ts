import { z } from "zod";
import type { VolumesLeft } from "./local-path/volumes-left.ts";
import { runScript, waitUntil } from "./gate.ts";
import { volumesLeft } from "./local-path/volumes-left.ts";

const inputSchema = z.object({ context: z.string().optional(), provisioner: z.string() });

await runScript(inputSchema, async ({ provisioner }, client) => {
  const look = async () => {
    const [volumes, claims] = await Promise.all(
      ["PersistentVolume", "PersistentVolumeClaim"].map((kind) => client.list("v1", kind)),
    );
    return volumesLeft(volumes ?? [], claims ?? [], provisioner);
  };
  // A node that is down keeps its volumes; it must not keep the platform.
  const left = await waitUntil<VolumesLeft>(
    async () => {
      const seen = await look();
      const waiting = `${provisioner} has still to delete ${seen.released.join(", ")}`;
      return seen.released.length === 0 ? { done: seen } : { waiting };
    },
    { timeoutSeconds: 120 },
  ).catch(look);
  if (left.released.length > 0) console.error(`not deleted, and their directories stay: ${left.released.join(", ")}`);
  if (left.bound.length > 0)
    console.error(`still in use, and nothing will delete them later: ${left.bound.join(", ")}`);
  return left;
});
