import { capacityChecks } from "./capacity.ts";
import { certificateChecks } from "./certificate.ts";
import type { Expectation, Finding, Observed } from "./check.ts";
import { gpuChecks } from "./gpus.ts";
import { k3sFlagChecks } from "./k3s-flags.ts";
import { k3sChecks } from "./k3s.ts";
import { leftoverChecks } from "./leftovers.ts";
import { networkChecks } from "./network.ts";
import { nodeChecks } from "./nodes.ts";
import { portChecks } from "./ports.ts";
import { storageChecks } from "./storage.ts";
import { toolChecks } from "./tools.ts";

/** All checks, in the order in which people would go through them. */
export const checks = [
  ...toolChecks,
  ...k3sChecks,
  ...k3sFlagChecks,
  ...nodeChecks,
  ...gpuChecks,
  ...capacityChecks,
  ...storageChecks,
  ...networkChecks,
  ...portChecks,
  ...certificateChecks,
  ...leftoverChecks,
];

/** What the stack remembers of a preflight. */
export interface PreflightReport {
  /** Checks that found nothing. */
  readonly passed: number;
  /** One sentence for each thing that should be better. */
  readonly warnings: readonly string[];
  /** One sentence for each reason why something was not checked. */
  readonly unknown: readonly string[];
}

export interface PreflightVerdict extends PreflightReport {
  /** What is required and not there. */
  readonly failures: readonly string[];
  /** True when waiting may mend every failure; false without any. */
  readonly maySettle: boolean;
}

/** Goes through all checks. What could not be seen is neither passed nor failed. */
export function preflightVerdict(expected: Expectation, observed: Observed): PreflightVerdict {
  const results = checks.map((one) => one.findings(expected, observed));
  const findings = results.flat();
  const of = (level: Finding["level"]) => findings.filter((finding) => finding.level === level);
  const failures = of("required");
  return {
    passed: results.filter((found) => found.length === 0).length,
    warnings: of("recommended").map(sentence),
    unknown: unknowns(of("unknown")),
    failures: failures.map(sentence),
    maySettle: failures.length > 0 && failures.every((failure) => failure.maySettle),
  };
}

/** The whole list, in one message. */
export function refusal({ failures }: PreflightVerdict): string {
  const count = failures.length === 1 ? "one requirement is" : `${failures.length} requirements are`;
  return (
    `Preflight: ${count} not met.\n${failures.map((failure) => `  - ${failure}`).join("\n")}\n` +
    `To go on all the same, set kasm-vdi:preflight.mode to warn.`
  );
}

/** `nodes: 1 of 3 can be used. Join the missing ones.` */
export function sentence({ object, problem, fix }: Finding): string {
  return `${object}: ${problem}.${fix === "" ? "" : ` ${fix}.`}`;
}

/** One sentence per reason: who may not list nodes misses several checks at once. */
function unknowns(findings: readonly Finding[]): string[] {
  const byReason = Map.groupBy(findings, ({ problem, fix }) => `${problem}${fix && `. ${fix}`}`);
  return [...byReason].map(
    ([reason, some]) => `not checked: ${some.map(({ object }) => object).join(", ")} (${reason})`,
  );
}
