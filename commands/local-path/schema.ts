import { z } from "zod";

/** A local-path-provisioner, by the name that StorageClasses call it by, and the ConfigMap that it reads. */
export const localPathSchema = z.object({ provisioner: z.string(), namespace: z.string(), configMap: z.string() });

export type LocalPath = z.infer<typeof localPathSchema>;
