import Table from "cli-table3";
import pc from "picocolors";

import type { LabLayout } from "../cluster/layout.ts";
import { logFile } from "../cluster/layout.ts";
import { allReady, labStatus } from "../cluster/status.ts";
import type { ComponentStatus } from "../cluster/status.ts";

/** Exit code when not everything is ready. */
const notAllReady = 3;

/** Prints what each component does; the exit code tells whether all are ready. */
export async function printStatus(layout: LabLayout, { json }: { json?: true }): Promise<void> {
  const statuses = await labStatus(layout);
  console.log(json ? JSON.stringify(statuses, undefined, 2) : renderStatus(layout, statuses, new Date()));
  if (!allReady(statuses)) process.exitCode = notAllReady;
}

/** The table, and below it the last words of whatever is dead or not ready. */
export function renderStatus(layout: LabLayout, statuses: readonly ComponentStatus[], now: Date): string {
  const table = new Table({
    head: ["component", "state", "pid", "up for", "memory", "ports"],
    style: { head: [], border: [] },
  });
  for (const status of statuses) {
    table.push([
      status.name,
      colour[status.state](status.state),
      status.pid ?? "-",
      status.since === undefined ? "-" : duration(now.getTime() - new Date(status.since).getTime()),
      status.residentBytes === undefined ? "-" : `${Math.round(status.residentBytes / 2 ** 20)} MiB`,
      status.ports.join(", ") || "-",
    ]);
  }
  return [table.toString(), ...realOperator(statuses), ...statuses.flatMap((status) => lastWords(layout, status))].join(
    "\n",
  );
}

// The stack has Deployments of the same names.
function realOperator(statuses: readonly ComponentStatus[]): string[] {
  const pid = statuses.find(
    ({ name, state }) => name === "operator" && (state === "ready" || state === "unready"),
  )?.pid;
  if (pid === undefined) return [];
  return [
    `The operator at work is process ${pid}, the gateway one beside it; pods of the Deployments kasm-operator and kasm-gateway are simulated and do nothing.`,
  ];
}

const colour = { ready: pc.green, unready: pc.yellow, dead: pc.red, stopped: pc.dim };

function lastWords(layout: LabLayout, { name, state, reason, lastLog }: ComponentStatus): string[] {
  if (!lastLog) return [];
  const what = reason === undefined ? `${name} is ${state}.` : `${name} is ${state}: ${reason}.`;
  return ["", `${what} Last lines of ${logFile(layout, name)}:`, ...lastLog.map((line) => `  ${line}`)];
}

/** `42 s`, `3 min`, `5 h`, `2 d`: the largest unit that gives at least 2. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 2 * 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}
