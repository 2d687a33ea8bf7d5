import { z } from "zod";
import type { Crd } from "./crd.ts";
import { conditions, duration, immutable, objectName, rules } from "./fields.ts";

const clockTime = z
  .string()
  .max(5)
  .regex(/^([01][0-9]|2[0-3]):[0-5][0-9]$/)
  .meta({ description: "Time of day, for example 07:30." });

const replicas = (description: string) => z.int().min(0).max(1000).meta({ description });

const period = z.object({
  days: z
    .array(z.enum(["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]))
    .min(1)
    .max(7)
    .optional()
    .meta({ description: "Days on which the period begins; every day when left out." }),
  from: clockTime,
  to: clockTime.meta({ description: "End of the period; before `from` it is on the next day." }),
  replicas: replicas("Desktops to keep ready in this period."),
});

const schedule = z
  .object({
    timeZone: z
      .string()
      .max(64)
      .default("UTC")
      .meta({ description: "Name in the IANA time zone database, for example Europe/Vienna." }),
    periods: z.array(period).min(1).max(32),
  })
  .meta({ description: "Other sizes at certain times; of periods that overlap the first counts." });

const demand = z
  .object({
    window: duration("How far back sessions are counted, for example 15m.").default("15m"),
    max: replicas("The most to keep ready."),
  })
  .meta({ description: "Keeps at least as many ready as sessions were started within the window." });

export const vdiPoolSpec = z.object({
  template: rules(
    objectName("Name of the VDITemplate that the desktops are made from."),
    immutable("template", "delete the pool and create one for the other template"),
  ),
  replicas: replicas("Desktops to keep ready. Sessions take them; others are started in their place.").default(1),
  schedule: schedule.optional(),
  demand: demand.optional(),
});

export const vdiPoolStatus = z.object({
  observedGeneration: z.int().min(0).optional(),
  replicas: z.int().min(0).optional().meta({ description: "Desktops that wait for a session, ready or not." }),
  readyReplicas: z.int().min(0).optional().meta({ description: "Desktops that a session can take now." }),
  desiredReplicas: z
    .int()
    .min(0)
    .optional()
    .meta({ description: "What replicas, schedule and demand come to at present." }),
  selector: z.string().max(512).optional().meta({ description: "Label selector of the desktops, for autoscalers." }),
  conditions: conditions("Ready, Reconciling and Stalled.").optional(),
});

export type VDIPoolSpec = z.infer<typeof vdiPoolSpec>;
export type VDIPoolStatus = z.infer<typeof vdiPoolStatus>;

/** VDIPool: desktops that are ready before anybody asks for them. */
export const vdiPool: Crd = {
  kind: "VDIPool",
  plural: "vdipools",
  shortNames: ["vdip"],
  scope: "Namespaced",
  description: "Desktops of a template that are started ahead and belong to nobody yet.",
  spec: vdiPoolSpec,
  status: vdiPoolStatus,
  scale: {
    specReplicasPath: ".spec.replicas",
    statusReplicasPath: ".status.replicas",
    labelSelectorPath: ".status.selector",
  },
  printerColumns: [
    { name: "Template", type: "string", jsonPath: ".spec.template" },
    { name: "Desired", type: "integer", jsonPath: ".status.desiredReplicas" },
    { name: "Ready", type: "integer", jsonPath: ".status.readyReplicas" },
    { name: "Reason", type: "string", jsonPath: '.status.conditions[?(@.type=="Ready")].reason' },
    { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" },
    {
      name: "Message",
      type: "string",
      jsonPath: '.status.conditions[?(@.type=="Ready")].message',
      priority: 1,
    },
  ],
};
