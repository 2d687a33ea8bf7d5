import { backoffMs } from "./backoff.ts";
import type { ErrorClass } from "./api-error.ts";

/** How the last list or watch ended. */
export type Outcome =
  | { readonly of: "list"; readonly result: "done" }
  /** The kind is not served, as before its CRD is there. */
  | { readonly of: "list"; readonly result: "missing" }
  | { readonly of: "list" | "watch"; readonly result: "refused"; readonly why: ErrorClass; readonly askedMs?: number }
  /** It had begun, and ended, broke or fell silent after this time. */
  | { readonly of: "watch"; readonly result: "ended"; readonly livedMs: number };

/** What to do next, and after how long. */
export interface Step {
  readonly act: "list" | "watch";
  readonly waitMs: number;
  /** In a row, so far. */
  readonly failures: number;
}

const backoff = { firstMs: 200, mostMs: 10_000, jitter: 0.3 };
const missingKind = { firstMs: 2_000, mostMs: 2_000, jitter: 0.2 };
// A watch that lived as long shows that the server is well. One that is going down ends each watch at once.
const healthyMs = 5_000;

/**
 * Decides how to go on after a list or a watch.
 *
 * A watch that had begun is continued where it was. One that cannot begin is preceded by a new list: the version may have
 * expired, and after a server that was away the version may come from a future that its restored backup does not know.
 *
 * @param random from 0 to 1, spreads those that failed together
 */
export function nextStep(failures: number, outcome: Outcome, random = Math.random()): Step {
  if (outcome.result === "done") return { act: "watch", waitMs: 0, failures };
  if (outcome.result === "missing") return { act: "list", waitMs: backoffMs(missingKind, 1, random), failures: 0 };
  if (outcome.result === "ended" && outcome.livedMs >= healthyMs) return { act: "watch", waitMs: 0, failures: 0 };
  const waitMs = backoffMs(backoff, failures + 1, random);
  if (outcome.result === "ended") return { act: "watch", waitMs, failures: failures + 1 };
  const asked = (outcome.askedMs ?? 0) * (1 + random / 2);
  const act = outcome.why === "throttled" ? outcome.of : "list";
  return { act, waitMs: Math.max(waitMs, asked), failures: failures + 1 };
}
