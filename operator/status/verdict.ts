import type { Verdict } from "../../analyzers/verdict.ts";
import type { ClusterEvent } from "../kinds.ts";
import type { Said } from "../../analyzers/verdict.ts";
import type { Finding, ReadyReason } from "./reasons.ts";
import type { Code } from "../../analyzers/catalog.ts";

/** What diagnosis finds as well, as a reason of Ready and its sentence: the same code in both. */
export function fromVerdict({ code, problem, remedy }: Verdict<ReadyReason & Code>): Finding {
  return { reason: code, message: `${problem} ${remedy}` };
}

/** Events as verdicts take them. */
export function saidIn(events: readonly ClusterEvent[]): Said[] {
  return events.map(({ reason, message, lastTime }) => ({ reason, message, time: Date.parse(lastTime) || 0 }));
}
