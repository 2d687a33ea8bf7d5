import type { gpu } from "../catalog/gpu.ts";
import type { Evidence, Finding, Fix, ObjectRef } from "../finding.ts";

export type GpuCode = keyof typeof gpu;

/** Why the GPUs of a node are not offered as they should be, in words that fit whoever asks. */
export interface GpuFault {
  readonly code: GpuCode;
  /** Where it has to be mended. */
  readonly at: ObjectRef;
  /** A sentence, or the end of one that says what a node reports: without its full stop. */
  readonly text: string;
  readonly fix: readonly Fix[];
  readonly evidence: readonly Evidence[];
}

export function findingOf({ code, at, text, fix, evidence }: GpuFault): Finding {
  return { code, object: at, problem: `${text.charAt(0).toUpperCase()}${text.slice(1)}.`, evidence, fix };
}
