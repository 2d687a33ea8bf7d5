import Table from "cli-table3";

import { duration } from "../commands/status.ts";
import { readyCondition } from "./objects.ts";
import type { Session } from "./objects.ts";

const head = ["NAME", "USER", "TEMPLATE", "PHASE", "REASON", "AGE", "URL", "MESSAGE"];

// As kubectl's: columns and nothing between them.
const noBorders = Object.fromEntries(
  ["top", "bottom", "left", "right", "mid"]
    .flatMap((side) => [side, `${side}-mid`, `${side}-left`, `${side}-right`])
    .concat("left-mid", "right-mid", "mid-mid", "middle")
    .map((part) => [part, ""]),
);

/** Sessions as `kubectl get vdi -o wide` has them, with the sentence about each. */
export function sessionTable(sessions: readonly Session[], now: Date): string {
  const table = new Table({
    head,
    chars: noBorders,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 3 },
  });
  table.push(...sessions.map((session) => row(session, now)));
  return table.toString().replace(/ +$/gm, "");
}

function row(session: Session, now: Date): string[] {
  const { metadata, spec, status } = session;
  const ageMs = now.getTime() - Date.parse(metadata.creationTimestamp ?? now.toISOString());
  return [
    metadata.name,
    spec.user,
    spec.template,
    metadata.deletionTimestamp === undefined ? (status?.phase ?? "-") : "Terminating",
    readyCondition(session)?.reason ?? "-",
    duration(ageMs),
    status?.url ?? "-",
    status?.message ?? "",
  ];
}
