import { parse } from "yaml";
import { z } from "zod";

/** What the device plugin makes of its config file, as far as whole GPUs are concerned. */
export interface DeviceConfig {
  strategy: "none" | "time-slicing" | "mps";
  /** Desktops per GPU; 1 when the config shares no resource named nvidia.com/gpu. */
  replicas: number;
  /** Shared GPUs are called nvidia.com/gpu.shared instead of nvidia.com/gpu. */
  isRenamed: boolean;
}

/**
 * Reads a config file as k8s-device-plugin v0.20 does: strict in the few fields it knows, deaf to all others (facts gpu
 * 2.1, 2.2). An empty file is a config without sharing. A failure is what makes the plugin exit.
 */
export function readDeviceConfig(text: string): DeviceConfig | { failure: string } {
  let document: unknown;
  try {
    // The plugin's YAML library knows the words of YAML 1.1: `yes` is a boolean.
    document = parse(text, { version: "1.1" });
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    return { failure: `unable to parse config file: ${reason ?? ""}` };
  }
  const result = fileSchema.safeParse(document ?? {});
  if (!result.success) return { failure: `unable to parse config file: ${result.error.issues[0]?.message ?? ""}` };
  return deviceConfig(result.data);
}

const gpuResource = "nvidia.com/gpu";

function deviceConfig({ sharing }: z.infer<typeof fileSchema>): DeviceConfig {
  // Both at once: MPS wins without a word (sharing.go).
  const active = sharing?.mps ?? sharing?.timeslicing;
  if (!active) return { strategy: "none", replicas: 1, isRenamed: false };
  const shared = active.resources.find(({ name }) => name === gpuResource);
  return {
    strategy: sharing?.mps ? "mps" : "time-slicing",
    replicas: shared?.replicas ?? 1,
    isRenamed: shared !== undefined && active.renameByDefault,
  };
}

// Go matches the keys of a struct without regard to case, so the schemas below see lower-case keys.
const lowerCaseKeys = (value: unknown) =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).map(([key, entry]) => [key.toLowerCase(), entry as unknown]))
    : value;

const dnsSubdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

const resourceName = z
  .string({ error: "invalid resource name" })
  .transform((name) => (name.startsWith("nvidia.com/") ? name : `nvidia.com/${name}`))
  .refine((name) => name.length <= 63, { error: "fully-qualified resource name must be 63 characters or less" })
  .refine((name) => dnsSubdomain.test(name.slice("nvidia.com/".length)), {
    error: "incorrect format for resource name",
  });

const deviceReference = z.union([
  z.int().nonnegative(),
  z.string().regex(/^(\d+|\d+:\d+|(GPU|MIG)-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(\/\d+\/\d+)?)$/i),
]);

// Read strictly and then ignored with a warning: sharing is for all GPUs of a node or none.
const devicesSchema = z.union([z.literal("all"), z.int().positive(), z.array(deviceReference)]);
const devices = z
  .unknown()
  .refine((value) => devicesSchema.safeParse(value).success, { error: "unrecognized type for devices spec" })
  .optional();

const resource = z.object(
  {
    name: z
      .unknown()
      .refine((name) => name !== undefined, { error: "no resource name specified" })
      .pipe(resourceName),
    devices,
    replicas: z
      .unknown()
      .refine((replicas) => replicas !== undefined, { error: "no replicas specified" })
      .pipe(z.int({ error: "cannot unmarshal replicas: not an integer" }))
      .refine((replicas) => replicas >= 2, { error: "number of replicas must be >= 2" }),
  },
  { error: "cannot unmarshal resource" },
);

const sharedResources = z.object(
  {
    renameByDefault: z.boolean({ error: "cannot unmarshal renameByDefault: not a boolean" }).optional().default(false),
    failRequestsGreaterThanOne: z
      .boolean({ error: "cannot unmarshal failRequestsGreaterThanOne: not a boolean" })
      .optional(),
    resources: z.array(resource, { error: "no resources specified" }).min(1, { error: "no resources specified" }),
  },
  { error: "no resources specified" },
);

const fileSchema = z.preprocess(
  lowerCaseKeys,
  z.object(
    {
      version: z
        .string({ error: "cannot unmarshal version: not a string" })
        .nullish()
        .refine((version) => !version || version === "v1", {
          error: (issue) => `unknown version: ${String(issue.input)}`,
        }),
      sharing: z.preprocess(
        lowerCaseKeys,
        z
          .object(
            { timeslicing: sharedResources.optional(), mps: sharedResources.nullish() },
            {
              error: "cannot unmarshal sharing",
            },
          )
          .nullish(),
      ),
    },
    { error: "cannot unmarshal config file: not an object" },
  ),
);
