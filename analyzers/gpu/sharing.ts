import { parse } from "yaml";
import { z } from "zod";

const configSchema = z.looseObject({
  version: z.string().nullish(),
  sharing: z
    .looseObject({
      mps: z.unknown().optional(),
      timeSlicing: z
        .looseObject({
          renameByDefault: z.boolean().nullish(),
          resources: z.array(z.looseObject({ name: z.string(), replicas: z.unknown().optional() })).nullish(),
        })
        .nullish(),
    })
    .nullish(),
});

/**
 * What is wrong with a named config of the device plugin, as the end of a sentence that begins with the config's name;
 * undefined when it makes `replicas` slices of each GPU. Rules: k8s-device-plugin v0.20.0, api/config/v1/replicas.go and
 * sharing.go.
 *
 * @param text the config as it stands in the ConfigMap
 * @param replicas wanted slices per GPU; 1 is no sharing. Undefined where nobody says how many are wanted
 */
export function sharingFault(text: string, replicas?: number): string | undefined {
  const config = configSchema.safeParse(yamlOrNothing(text)).data;
  if (!config) return "is not readable as a config, so that the device plugin crashes";
  const { version, sharing } = config;
  if (version && version !== "v1") return `has version ${version}, so that the device plugin crashes; it knows v1`;
  if (sharing?.mps) return "shares by MPS, which wins over time-slicing and does nothing for desktops";
  if (!sharing?.timeSlicing) return replicas === undefined || replicas === 1 ? undefined : "shares nothing";
  const { renameByDefault, resources } = sharing.timeSlicing;
  if (renameByDefault === true) return "renames the slices to nvidia.com/gpu.shared (renameByDefault)";
  const shared = resources?.find(({ name }) => name === "nvidia.com/gpu" || name === "gpu");
  if (!shared) return "shares no nvidia.com/gpu";
  const factor = shared.replicas;
  if (typeof factor !== "number" || !Number.isInteger(factor) || factor < 2)
    return `has replicas: ${JSON.stringify(factor)}, and the device plugin crashes for less than 2`;
  return replicas === undefined || factor === replicas ? undefined : `has replicas: ${factor} instead of ${replicas}`;
}

/** Slices that a config makes of each GPU: 1 where it shares none; undefined where that cannot be told. */
export function replicasOf(text: string): number | undefined {
  const config = configSchema.safeParse(yamlOrNothing(text)).data;
  if (!config || sharingFault(text) !== undefined) return undefined;
  const { resources } = config.sharing?.timeSlicing ?? {};
  if (!resources) return 1;
  const factor = resources.find(({ name }) => name === "nvidia.com/gpu" || name === "gpu")?.replicas;
  return typeof factor === "number" ? factor : undefined;
}

function yamlOrNothing(text: string): unknown {
  try {
    return parse(text) as unknown;
  } catch {
    return undefined;
  }
}
