import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

import type { LabLayout } from "./layout.ts";
import { readIfThere, writePrivateFile } from "./private-files.ts";
import { processIdentity } from "./process-identity.ts";

const recordSchema = z.object({
  /** The `.lab` folder that the process was started for. */
  root: z.string(),
  pid: z.int().min(2),
  /** From processIdentity at the start: a recycled pid has another one. */
  identity: z.string().min(1),
  /** ISO time. */
  since: z.string(),
  /** Hash of what the process was started with; another one means that it must be restarted. */
  fingerprint: z.string(),
});

/** `.lab/run/NAME.json`: which process is the component. */
export type RunRecord = z.infer<typeof recordSchema>;

/**
 * The record, or undefined when there is none or it names no process of this lab safely: it cannot be understood, or it
 * came along in a copy of a checkout that is still there. (A checkout that was moved keeps its processes.)
 */
export function readRunRecord(layout: LabLayout, component: string): RunRecord | undefined {
  const text = readIfThere(recordFile(layout, component));
  if (text === undefined) return undefined;
  try {
    const record = recordSchema.parse(JSON.parse(text));
    return record.root === layout.root || !existsSync(record.root) ? record : undefined;
  } catch {
    return undefined;
  }
}

export function writeRunRecord(layout: LabLayout, component: string, record: RunRecord): void {
  writePrivateFile(recordFile(layout, component), `${JSON.stringify(record, undefined, 2)}\n`);
}

export function removeRunRecord(layout: LabLayout, component: string): void {
  rmSync(recordFile(layout, component), { force: true });
}

/** Names of the components that have a record, whatever became of their process. */
export function recordedComponents(layout: LabLayout): string[] {
  try {
    return readdirSync(layout.run)
      .filter((file) => file.endsWith(".json"))
      .map((file) => file.slice(0, -".json".length));
  } catch {
    return [];
  }
}

/** Whether the recorded process still runs: same pid, same start. */
export function isRunning(
  record: RunRecord | undefined,
  identityOf: (pid: number) => string | undefined = processIdentity,
): record is RunRecord {
  return record !== undefined && identityOf(record.pid) === record.identity;
}

function recordFile(layout: LabLayout, component: string): string {
  return join(layout.run, `${component}.json`);
}
