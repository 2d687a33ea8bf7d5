import { z } from "zod";

// Requests and answers of /api/v1: what is checked, what the OpenAPI document says, and what the pages' types are.

const time = z.iso.datetime();
const amount = z.union([z.int(), z.string().max(20)]);

const size = z
  .object({ gpu: z.int().min(0).max(1), cpu: z.string(), memory: z.string() })
  .meta({ description: "GPU slices, CPU and memory of a desktop." });

const off = z.object({ reason: z.string() }).meta({ description: "Switched off by an administrator." });

export const meAnswer = z.object({
  user: z.string(),
  groups: z.array(z.string()),
  isAdmin: z.boolean(),
  signIn: z.enum(["oidc", "header", "token"]),
  expiresAt: time.optional().meta({ description: "When the sign-in ends unless it is renewed." }),
  kasmUrl: z.string().meta({ description: "Where Kasm's own pages are." }),
});

export const templateView = z.object({
  name: z.string(),
  title: z.string(),
  description: z.string().optional(),
  icon: z.string().optional().meta({ description: "A picture as a data: address." }),
  problem: z.string().optional().meta({ description: "Why no desktop can be made from it." }),
  off: off.optional(),
  size,
  max: size.partial(),
  home: z
    .object({ maxSize: z.string().optional(), storageClassNames: z.array(z.string()).optional() })
    .meta({ description: "Bounds of a home volume." }),
  usualStartSeconds: z.number().min(0).optional().meta({ description: "Most desktops were ready by then." }),
  free: z
    .object({
      now: z.int().min(0),
      of: z.int().min(0),
      nextAt: time.optional().meta({ description: "When a session that has a slice ends, if nobody extends it." }),
    })
    .optional()
    .meta({ description: "GPU slices; left out where the desktop needs none." }),
});

export const conditionView = z.object({
  type: z.string(),
  status: z.enum(["True", "False", "Unknown"]),
  reason: z.string(),
  message: z.string(),
  since: time,
});

export const sessionView = z.object({
  name: z.string(),
  user: z.string(),
  template: z.string(),
  title: z.string(),
  state: z.enum(["Pending", "Creating", "Running", "Suspended", "Terminating", "Failed"]),
  wanted: z.enum(["Running", "Suspended"]),
  isReady: z.boolean(),
  isTakenUp: z
    .boolean()
    .meta({ description: "Whether the operator has seen what is wanted; soon true while it works." }),
  message: z.string().optional(),
  conditions: z.array(conditionView),
  createdAt: time,
  startedAt: time.optional(),
  readyAt: time.optional(),
  lastActivity: time.optional(),
  expiresAt: time.optional(),
  idleWarning: z.string().optional().meta({ description: "What happens soon since nobody is connected." }),
  timeout: z.string(),
  restarts: z.int().optional(),
  node: z.string().optional(),
  hasGpu: z.boolean(),
  home: z.object({ reclaim: z.enum(["Retain", "Delete"]), size: z.string() }).optional(),
  version: z.string(),
});

export const newSession = z.strictObject({
  template: z.string().min(1).max(253),
  name: z
    .string()
    .max(50)
    .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/)
    .optional()
    .meta({ description: "Default: the template's name and some letters." }),
  resources: z
    .strictObject({ gpu: z.int().min(0).max(1).optional(), cpu: amount.optional(), memory: amount.optional() })
    .optional(),
  home: z
    .strictObject({ enabled: z.boolean(), size: amount.optional(), storageClassName: z.string().max(253).optional() })
    .optional(),
});

export const extension = z
  .strictObject({ minutes: z.int().min(1).max(1_440) })
  .meta({ description: "How much longer the session may live." });

export const linkAnswer = z.object({ url: z.string(), expiresAt: time }).meta({ id: "Link" });

export const problemAnswer = z
  .object({ type: z.literal("about:blank"), title: z.string(), status: z.int(), detail: z.string() })
  .meta({ description: "RFC 9457" });

const holder = z.object({ pod: z.string(), session: z.string().optional(), user: z.string().optional() });

export const overview = z.object({
  nodes: z.array(
    z.object({
      name: z.string(),
      isReady: z.boolean(),
      resources: z.array(z.object({ name: z.string(), total: z.int(), holders: z.array(holder) })),
    }),
  ),
  templates: z.array(z.object({ name: z.string(), title: z.string(), off: off.optional() })),
  messages: z
    .array(z.object({ user: z.string(), text: z.string() }))
    .meta({ description: "To one user each, as long as that user has not closed it." }),
  findings: z.array(
    z.object({
      code: z.string(),
      level: z.enum(["failure", "warning", "unknown"]),
      object: z.string(),
      problem: z.string(),
      fix: z.array(z.object({ text: z.string(), command: z.string().optional() })),
    }),
  ),
});

export const usageView = z.object({
  countedUntil: time.optional(),
  months: z
    .array(z.object({ month: z.string(), users: z.array(z.object({ user: z.string(), hours: z.number() })) }))
    .meta({ description: "Hours of GPU slices, newest month first." }),
});

export const notices = z.object({
  message: z.string().meta({ description: "What an administrator tells everybody; empty for nothing." }),
  ownMessage: z.string().meta({ description: "What an administrator tells whoever asks; empty for nothing." }),
  isClusterAway: z.boolean().meta({ description: "The portal answers, and the cluster does not." }),
});

const sentence = z.string().trim().max(500);
export const newMessage = z.strictObject({
  text: sentence.meta({ description: "Empty for none." }),
  user: z.string().trim().min(1).max(254).optional().meta({ description: "Left out: to everybody." }),
});
export const closedMessage = z.strictObject({
  text: sentence.min(1).meta({ description: "Of the message that was read." }),
});
export const switchOff = z.strictObject({ reason: sentence.min(1).meta({ description: "For those who want one." }) });

/** What the OpenAPI document calls them. */
export const named = {
  ...{ Me: meAnswer, Template: templateView, Condition: conditionView, Session: sessionView, NewSession: newSession },
  ...{ Extension: extension, Link: linkAnswer, Problem: problemAnswer, Overview: overview },
  ...{ Usage: usageView, NewMessage: newMessage, SwitchOff: switchOff },
  ...{ Notices: notices, ClosedMessage: closedMessage },
};

export type Me = z.infer<typeof meAnswer>;
export type TemplateView = z.infer<typeof templateView>;
export type SessionView = z.infer<typeof sessionView>;
export type NewSession = z.infer<typeof newSession>;
export type Overview = z.infer<typeof overview>;
export type UsageView = z.infer<typeof usageView>;
export type Notices = z.infer<typeof notices>;
export type Problem = z.infer<typeof problemAnswer>;
