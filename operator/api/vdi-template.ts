import { z } from "zod";
import type { Crd } from "./crd.ts";
import { conditions, desktopResources, duration, objectName, rules, sizeQuantity } from "./fields.ts";
import { homeRules, imageRules, resourceNameRules } from "./template-field-rules.ts";
import { templateRules } from "./template-rules.ts";

const environmentName = z
  .string()
  .max(128)
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/);

/** How the image talks: the four known families bring their own values, `custom` must say them. */
const runtime = rules(
  z.object({
    type: z.enum(["selkies-v1", "selkies-v2", "linuxserver", "kasmvnc", "custom"]).meta({
      description:
        "Family of streaming desktop that the image belongs to; it decides port, health path and environment.",
    }),
    port: z.int().min(1).max(65535).optional().meta({ description: "Port of the stream inside the container." }),
    scheme: z.enum(["http", "https"]).optional(),
    healthPath: z
      .string()
      .max(256)
      .regex(/^\//)
      .optional()
      .meta({ description: "Path that answers 200 without a password when the stream is up." }),
    environment: z
      .object({
        user: environmentName.optional(),
        password: environmentName.optional(),
        turnHost: environmentName.optional(),
        turnPort: environmentName.optional(),
        turnUsername: environmentName.optional(),
        turnPassword: environmentName.optional(),
      })
      .optional()
      .meta({ description: "Names of the variables by which the image takes its credentials." }),
    home: rules(
      z.string().max(256).meta({ description: "Directory that the home volume is mounted at." }),
      ...homeRules,
    ).optional(),
    user: z
      .int()
      .min(0)
      .optional()
      .meta({ description: "Number of the user that the desktop runs as, and of the home's group; 0 starts as root." }),
    activity: z
      .object({
        path: z.string().max(256).regex(/^\//),
        metric: z
          .string()
          .max(128)
          .regex(/^[a-zA-Z_:][a-zA-Z0-9_:]*$/)
          .meta({ description: "Prometheus metric that is above 0 while somebody is connected." }),
      })
      .optional()
      .meta({
        description: "Where the image tells whether somebody is connected; without it a desktop is never idle.",
      }),
  }),
  {
    rule: "self.type != 'custom' || (has(self.port) && has(self.healthPath))",
    message: "a custom runtime must say its port and healthPath",
  },
);

const resources = z.object({
  default: desktopResources("What a session gets that asks for nothing.").optional(),
  max: desktopResources("The most that a session may ask for.").optional(),
});

const home = z
  .object({
    maxSize: sizeQuantity("The largest home volume that a session may ask for.").optional(),
    storageClassNames: z
      .array(objectName("Name of a StorageClass."))
      .max(32)
      .optional()
      .meta({ description: "StorageClasses that a session may name for its home volume." }),
  })
  .meta({ description: "Bounds of the home volumes that sessions ask for. Left out: none but a ResourceQuota's." });

const env = z
  .array(z.object({ name: environmentName, value: z.string().max(4096) }))
  .max(64)
  .meta({ "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"] });

const labelValue = z
  .string()
  .max(63)
  .regex(/^([A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?)?$/);

const desktopPolicy = z
  .object({
    clipboard: z
      .enum(["Both", "In", "Out", "None"])
      .default("Both")
      .meta({ description: "In is towards the desktop." }),
    files: z.enum(["Both", "Upload", "Download", "None"]).default("Both"),
    microphone: z.boolean().default(false),
  })
  .meta({ description: "What may pass between the desktop and the browser." });

const subjects = z.array(z.string().min(1).max(254)).max(256);

const fields = z.object({
  image: rules(
    z.string().min(1).max(512).meta({ description: "Container image with a tag or digest." }),
    ...imageRules,
  ),
  displayName: z.string().max(128).optional(),
  description: z.string().max(1024).optional(),
  icon: z.string().max(2048).optional().meta({ description: "Address of a picture." }),
  runtime,
  resources: resources.default({}),
  env: env.optional(),
  applications: z
    .array(
      z
        .string()
        .max(128)
        .regex(/^[^,]+$/),
    )
    .max(64)
    .optional()
    .meta({ description: "Programs to start in the desktop." }),
  gpuResourceName: rules(
    z.string().max(63).meta({
      description: "Extended resource that one GPU slice is asked from; nvidia.com/gpu.shared after a rename.",
    }),
    ...resourceNameRules,
  ).default("nvidia.com/gpu"),
  ephemeralStorage: sizeQuantity(
    "Disk of its node that the desktop may fill beside its home and /dev/shm; the kubelet ends one that takes more.",
  ).default("10Gi"),
  shmSize: sizeQuantity("Size of /dev/shm, counted against the desktop's memory.").default("1Gi"),
  securityProfile: z
    .enum(["restricted", "baseline"])
    .default("restricted")
    .meta({ description: "Pod Security level that the desktop's pod meets; images that start as root need baseline." }),
  networkMode: z.enum(["Internet", "Cluster", "Isolated"]).default("Internet").meta({
    description: "What the desktop may reach: public addresses only, the cluster as well, or only the stream.",
  }),
  runtimeClassName: objectName("RuntimeClass of the desktop; `nvidia` where containerd has no CDI.").optional(),
  access: z.enum(["ForwardAuth", "Password"]).default("ForwardAuth").meta({
    description:
      "Who lets people in: the gateway, asked by Traefik for each request, or the image by its own password.",
  }),
  stream: z.enum(["WebSocket", "WebRTC"]).default("WebSocket").meta({
    description: "How pictures travel; WebRTC needs the TURN server, and an image of the selkies families.",
  }),
  progressDeadline: duration(
    "How long a desktop may take to become ready before its session counts as failed. Its container has as long for its start, and two minutes at least, before the kubelet starts it anew.",
  ).default("10m"),
  nodeSelector: rules(z.record(z.string().max(317), labelValue), {
    rule: "self.size() <= 32 && self.all(key, key.size() <= 317)",
    message: "nodeSelector has at most 32 labels",
  }).optional(),
  home: home.optional(),
  desktopPolicy: desktopPolicy.default({ clipboard: "Both", files: "Both", microphone: false }),
  allowed: z
    .object({ users: subjects.optional(), groups: subjects.optional() })
    .optional()
    .meta({ description: "Who may use the template. Left out: everybody who may create sessions." }),
});

export const vdiTemplateSpec = rules(fields, ...templateRules);

export const vdiTemplateStatus = z.object({
  observedGeneration: z.int().min(0).optional(),
  conditions: conditions("Ready.").optional(),
  sessions: z.int().min(0).optional().meta({ description: "Sessions made from this template." }),
});

export type VDITemplateSpec = z.infer<typeof vdiTemplateSpec>;
export type VDITemplateStatus = z.infer<typeof vdiTemplateStatus>;

/** VDITemplate: what desktops are made from. */
export const vdiTemplate: Crd = {
  kind: "VDITemplate",
  plural: "vditemplates",
  shortNames: ["vdit"],
  scope: "Cluster",
  description: "What a desktop is made from: image, runtime, bounds and policy.",
  spec: vdiTemplateSpec,
  status: vdiTemplateStatus,
  printerColumns: [
    { name: "Display Name", type: "string", jsonPath: ".spec.displayName" },
    { name: "Runtime", type: "string", jsonPath: ".spec.runtime.type" },
    { name: "Sessions", type: "integer", jsonPath: ".status.sessions" },
    { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" },
    { name: "Image", type: "string", jsonPath: ".spec.image", priority: 1 },
  ],
};
