import { z } from "zod";

/** One CEL rule of a CRD; `message` is what a person reads when the API server refuses the object. */
export interface CelRule {
  rule: string;
  message: string;
}

/** Attaches CEL rules to a schema. Only functions that Kubernetes 1.25 knows: K3s 1.25 is the oldest supported. */
export function rules<Schema extends z.ZodType>(schema: Schema, ...celRules: CelRule[]): Schema {
  return schema.meta({ ...schema.meta(), "x-kubernetes-validations": celRules });
}

/** A rule that forbids any change; `what` names the field, `instead` says what to do. */
export function immutable(what: string, instead: string): CelRule {
  return { rule: "self == oldSelf", message: `${what} cannot change: ${instead}` };
}

/**
 * A Kubernetes quantity above zero. YAML gives `cpu: 2` as a number and `cpu: 500m` as a string; both must pass.
 * The `quantity()` functions of CEL came with 1.29, so the form is checked by a regular expression.
 *
 * @param least the smallest whole number, and the form of text that is no less than the least amount
 */
function quantity(description: string, least: { number: number; form: string; amount: string; examples: string }) {
  return z.union([z.int(), z.string().max(20)]).meta({
    description,
    "x-kubernetes-int-or-string": true,
    maxLength: 20,
    "x-kubernetes-validations": [
      {
        rule: `type(self) == int ? self >= ${least.number} : self.matches('^(${least.form})$')`,
        message: `not a quantity: write for example ${least.examples}, and at least ${least.amount}`,
      },
    ],
  });
}

/** Processor time, at least a hundredth of a core: a container with none at all has no limit. */
export function cpuQuantity(description: string) {
  const form = "[1-9][0-9]{1,6}m|[1-9][0-9]{0,3}([.][0-9]{1,3})?|0[.](0[1-9]|[1-9][0-9]?)[0-9]?";
  return quantity(description, { number: 1, form, amount: "10m", examples: "2, 0.5 or 500m" });
}

/** Memory or disk in bytes, at least a mebibyte or so. */
export function sizeQuantity(description: string) {
  const form = [
    "[1-9][0-9]{6,16}",
    "[1-9][0-9]{3,12}(k|Ki)",
    "[1-9][0-9]{0,9}([.][0-9]{1,3})?(M|Mi)",
    "([1-9][0-9]{0,6}([.][0-9]{1,3})?|0[.][1-9][0-9]{0,2})(G|Gi|T|Ti)",
  ].join("|");
  return quantity(description, { number: 1_000_000, form, amount: "1Mi", examples: "512Mi or 4Gi" });
}

/** A span of time such as 90m or 8h. */
export function duration(description: string) {
  return rules(z.string().max(16).meta({ description }), {
    rule: "self.matches('^([0-9]+(h|m|s))+$') && duration(self) > duration('0s')",
    message: "not a duration: write for example 30m, 8h or 1h30m",
  });
}

/** The name of another object (RFC 1123 subdomain). */
export function objectName(description: string) {
  return z
    .string()
    .min(1)
    .max(253)
    .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/)
    .meta({ description });
}

const gpuCount = z.int().meta({
  description: "Time-sliced GPU replicas. One is all a desktop can use: two replicas are not twice the share.",
  "x-kubernetes-validations": [
    {
      rule: "self == 0 || self == 1",
      message: "gpu is 0 or 1: a desktop takes one time-sliced replica, more give no more performance",
    },
  ],
});

/** GPU, CPU and memory of a desktop; what is left out comes from the template. */
export function desktopResources(description: string) {
  return z
    .object({
      gpu: gpuCount.optional(),
      cpu: cpuQuantity("CPU of the desktop, requested and limited, for example 2 or 500m.").optional(),
      memory: sizeQuantity("Memory of the desktop, requested and limited, for example 4Gi.").optional(),
    })
    .meta({ description });
}

/** metav1.Condition, as kstatus and `kubectl wait` read it. */
const condition = z.object({
  type: z.string().max(316),
  status: z.enum(["True", "False", "Unknown"]),
  observedGeneration: z.int().min(0).optional(),
  lastTransitionTime: time("When the status last changed."),
  reason: z.string().min(1).max(1024).meta({ description: "Stable word for programs." }),
  message: z.string().max(32768).meta({ description: "Sentence for people: what is the case and what to do." }),
});

export type Condition = z.infer<typeof condition>;

/** The conditions list of a status, one entry per type. */
export function conditions(description: string) {
  return z
    .array(condition)
    .meta({ description, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["type"] });
}

/** An RFC 3339 time. */
export function time(description: string) {
  return z.string().max(64).meta({ description, format: "date-time" });
}
