import { z } from "zod";
import type { Crd } from "./crd.ts";
import { conditions, desktopResources, duration, immutable, objectName, rules, sizeQuantity, time } from "./fields.ts";

const persistence = z
  .object({
    enabled: z.boolean().default(true).meta({ description: "Gives the user a home volume that outlives the session." }),
    size: sizeQuantity("Size of the home volume when it is first made, for example 10Gi.").default("10Gi"),
    storageClassName: objectName("StorageClass of the home volume; the cluster's default when left out.").optional(),
    reclaim: z
      .enum(["Retain", "Delete"])
      .default("Retain")
      .meta({ description: "What happens to the home volume when the session is deleted." }),
  })
  .meta({ description: "The user's home volume." });

const idle = z
  .object({
    after: duration("How long nobody may be connected before the action is taken, for example 30m."),
    action: z.enum(["Suspend", "Delete"]).default("Suspend"),
    warnBefore: duration("How long before the action a warning event is written.").default("5m"),
    presentAt: time("When its user last said to be there, without being connected: counts as being seen.").optional(),
  })
  .meta({ description: "What to do with a desktop that nobody uses. Left out: nothing." });

const access = z
  .object({
    revokedBefore: time(
      "Ends every open stream, and voids each link, cookie and password that was given out before this time.",
    ).optional(),
  })
  .meta({ description: "Who is let in." });

export const vdiSessionSpec = z.object({
  user: rules(
    z
      .string()
      .min(1)
      .max(254)
      .meta({ description: "Who the desktop is for: any name, an e-mail address for example." }),
    immutable("user", "delete the session and create one for the other user"),
  ),
  template: rules(
    objectName("Name of the VDITemplate that the desktop is made from."),
    immutable("template", "delete the session and create one from the other template; the home volume is kept"),
  ),
  desiredState: z
    .enum(["Running", "Suspended"])
    .default("Running")
    .meta({ description: "Suspended stops the desktop and keeps its home volume." }),
  groups: z
    .array(z.string().min(1).max(254))
    .max(32)
    .optional()
    .meta({
      description:
        "Groups of the user that templates for groups are judged by, at each start. Admission takes only groups that the " +
        "requester is in, unless the requester may act for others.",
    }),
  resources: desktopResources("What this desktop gets, within the template's maximum.").optional(),
  persistence: persistence.default({ enabled: true, size: "10Gi", reclaim: "Retain" }),
  timeout: duration("Longest life of the session, for example 8h.").default("8h"),
  idle: idle.optional(),
  access: access.optional(),
});

export const vdiSessionStatus = z.object({
  observedGeneration: z.int().min(0).optional(),
  phase: z.enum(["Pending", "Creating", "Running", "Suspended", "Terminating", "Failed"]).optional(),
  conditions: conditions("Ready, Reconciling, Stalled, PodScheduled, HomeBound, Routed and Active.").optional(),
  podName: z.string().max(253).optional(),
  homeClaimName: z.string().max(253).optional().meta({ description: "The user's home volume." }),
  credentialsSecretName: z
    .string()
    .max(253)
    .optional()
    .meta({ description: "Secret with `user` and `password` of the stream; never shown here." }),
  launch: z
    .enum(["Cold", "Warm"])
    .optional()
    .meta({ description: "Warm: the desktop came from a VDIPool, started before it was asked for." }),
  nodeName: z.string().max(253).optional(),
  url: z.string().max(512).optional().meta({ description: "Where the desktop is reached." }),
  startTime: time("When the desktop was last started.").optional(),
  readyTime: time("When the desktop last became reachable.").optional(),
  lastActivity: time("When somebody was last seen connected.").optional(),
  expiresAt: time("When the timeout ends the session.").optional(),
  restarts: z.int().min(0).optional().meta({ description: "Pods replaced because they failed, since the last start." }),
  message: z.string().max(32768).optional().meta({ description: "The most important condition's sentence." }),
});

export type VDISessionSpec = z.infer<typeof vdiSessionSpec>;
export type VDISessionStatus = z.infer<typeof vdiSessionStatus>;

/** VDISession: one user's desktop. */
export const vdiSession: Crd = {
  kind: "VDISession",
  plural: "vdisessions",
  shortNames: ["vdi"],
  scope: "Namespaced",
  description: "A desktop that streams to a user's browser.",
  spec: vdiSessionSpec,
  status: vdiSessionStatus,
  printerColumns: [
    { name: "User", type: "string", jsonPath: ".spec.user" },
    { name: "Phase", type: "string", jsonPath: ".status.phase" },
    { name: "URL", type: "string", jsonPath: ".status.url" },
    { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" },
    {
      name: "Reason",
      type: "string",
      jsonPath: '.status.conditions[?(@.type=="Ready")].reason',
      priority: 1,
    },
    { name: "Template", type: "string", jsonPath: ".spec.template", priority: 1 },
    { name: "Node", type: "string", jsonPath: ".status.nodeName", priority: 1 },
    { name: "Message", type: "string", jsonPath: ".status.message", priority: 1 },
  ],
};
