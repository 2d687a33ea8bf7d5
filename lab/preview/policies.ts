import { stripVTControlCharacters } from "node:util";
import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import type { PreviewDocument } from "./steps.ts";

/**
 * Adds the broken rules of the policy pack to a preview, mandatory ones as errors and advisory ones as warnings:
 * `pulumi preview --json` fails for them and does not say why.
 *
 * @param eventLog what `--event-log` wrote: one event per line
 */
export function withPolicies(document: PreviewDocument, eventLog: string): PreviewDocument {
  const violations = eventLog
    .split("\n")
    .filter((line) => line.includes('"policyEvent"'))
    .flatMap((line) => (JSON.parse(line) as EngineEvent).policyEvent ?? []);
  return {
    ...document,
    diagnostics: [
      ...(document.diagnostics ?? []),
      ...violations.map(({ enforcementLevel, policyName, message, resourceUrn }) => ({
        severity: enforcementLevel === "mandatory" ? "error" : "warning",
        message: `${policyName}: ${stripVTControlCharacters(message).trim()}`,
        ...(resourceUrn !== undefined && { urn: resourceUrn }),
      })),
    ],
  };
}
