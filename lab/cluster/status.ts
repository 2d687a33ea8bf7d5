import { componentNames, components } from "./components.ts";
import type { ComponentName } from "./components.ts";
import { logFile } from "./layout.ts";
import type { LabLayout } from "./layout.ts";
import { lastLines } from "./log-files.ts";
import { residentBytes } from "./process-identity.ts";
import type { Ports } from "./ports.ts";
import { whyNotReady } from "./readiness.ts";
import { isRunning, readRunRecord } from "./run-record.ts";
import { readPorts } from "./state.ts";

export interface ComponentStatus {
  name: ComponentName;
  /** `unready`: its process runs but does not answer. `dead`: it should run and does not. `stopped`: never asked to. */
  state: "ready" | "unready" | "dead" | "stopped";
  pid?: number;
  /** Start of the process, ISO time. */
  since?: string;
  residentBytes?: number;
  ports: number[];
  /** Why it is not ready, in its own words. */
  reason?: string;
  /** The last lines of its log, when it is dead or not ready. */
  lastLog?: string[];
}

const shownLogLines = 10;
const optional = new Set(components.filter(({ isOptional }) => isOptional).map(({ name }) => name));

/** What each component does right now. Takes no lock and changes nothing. */
export async function labStatus(layout: LabLayout): Promise<ComponentStatus[]> {
  const ports = readPorts(layout);
  const found = await Promise.all(components.map(({ name }) => componentStatus(layout, name, ports)));
  const isMissed = ({ name, state }: ComponentStatus) => state !== "stopped" || !optional.has(name);
  return componentNames.flatMap((name) => found.filter((status) => status.name === name && isMissed(status)));
}

export function allReady(statuses: readonly ComponentStatus[]): boolean {
  return statuses.every(({ state }) => state === "ready");
}

async function componentStatus(
  layout: LabLayout,
  name: ComponentName,
  ports: Partial<Ports>,
): Promise<ComponentStatus> {
  const component = components.find((candidate) => candidate.name === name);
  const chosen = (component?.ports ?? []).flatMap((port) => ports[port] ?? []);
  const record = readRunRecord(layout, name);
  if (!component || !record) return { name, state: "stopped", ports: chosen };
  const { pid, since } = record;
  const log = logFile(layout, name);
  if (!isRunning(record)) return { name, state: "dead", pid, ports: chosen, lastLog: lastLines(log, shownLogLines) };
  const reason = await whyNotReady(component.probe(ports as Ports, layout.pki), log);
  return {
    name,
    state: reason === undefined ? "ready" : "unready",
    pid,
    since,
    residentBytes: residentBytes(pid),
    ports: chosen,
    ...(reason !== undefined && { reason, lastLog: lastLines(log, shownLogLines) }),
  };
}
