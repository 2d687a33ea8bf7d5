import { z } from "zod";
import { areas } from "../../analyzers/areas.ts";
import type { Area } from "../../analyzers/areas.ts";
import { levels } from "../../analyzers/finding.ts";
import { exitCodes } from "../report.ts";

/** What `-o json` gives: docs/diagnosis/report.schema.json is made from this. */

const objectRef = z
  .strictObject({ kind: z.string(), namespace: z.string().optional(), name: z.string() })
  .meta({ id: "ObjectRef", description: "One object of the cluster, or one thing beside its API." });

const evidence = z.strictObject({
  object: objectRef,
  field: z.string().meta({ description: "A field, an event or a log: `status.phase`, `event FailedMount`." }),
  value: z.string().meta({ description: "As it stood there, cut and without secrets." }),
});

const fix = z.strictObject({
  text: z.string(),
  command: z.string().optional().meta({ description: "For a shell, with the real names." }),
  risk: z.enum(["safe", "restart", "data-loss", "manual"]),
});

const finding = z
  .strictObject({
    code: z.string().meta({ description: "Stable; docs/diagnosis has a page for each." }),
    level: z.enum(levels),
    title: z.string(),
    object: objectRef,
    container: z.string().optional(),
    foundAt: z
      .array(objectRef)
      .optional()
      .meta({ description: "The single objects with this fault, where `object` is what they have in common." }),
    problem: z.string(),
    because: z.string().optional().meta({ description: "Why it follows from the finding above it." }),
    cause: z.string(),
    evidence: z.array(evidence),
    fix: z.array(fix),
    mayPass: z.boolean().meta({ description: "It may pass by itself." }),
    get symptoms() {
      return z.array(finding);
    },
  })
  .meta({ id: "Finding", description: "What is wrong, and below it what follows from it." });

export const reportSchema = z
  .strictObject({
    apiVersion: z.literal("kasm-vdi/v1"),
    kind: z.literal("DiagnosisReport"),
    takenAt: z.iso.datetime({ offset: true }),
    serverVersion: z.string().optional(),
    summary: z.strictObject({
      failures: z.int().nonnegative(),
      warnings: z.int().nonnegative(),
      unknown: z.int().nonnegative(),
      passed: z.int().nonnegative(),
      suppressed: z.int().nonnegative(),
      exitCode: z.literal(Object.values(exitCodes)),
    }),
    rootCauses: z.array(finding).meta({ description: "Worst first." }),
    checks: z.array(
      z.strictObject({
        area: z.enum(Object.keys(areas) as [Area, ...Area[]]),
        title: z.string(),
        result: z.enum(["pass", "fail", "warn", "unknown", "skip"]),
        detail: z.string(),
        codes: z.array(z.string()),
      }),
    ),
    unseen: z.array(z.strictObject({ kind: z.string(), reason: z.string() })),
  })
  .meta({
    title: "Report of kasm-vdi diagnose",
    description: "One document for each run of `kasm-vdi diagnose -o json`.",
  });

export type ReportDocument = z.infer<typeof reportSchema>;

/** The schema as JSON Schema 2020-12. */
export function reportJsonSchema(): object {
  return z.toJSONSchema(reportSchema, { target: "draft-2020-12" });
}
