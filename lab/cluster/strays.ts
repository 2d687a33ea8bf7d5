import { readdirSync } from "node:fs";

import type { LabLayout } from "./layout.ts";
import { procFile, processGroup, processIdentity } from "./process-identity.ts";
import { isRunning, readRunRecord } from "./run-record.ts";

/** A process that carries this lab's marker. */
export interface MarkedProcess {
  pid: number;
  identity: string;
  component: string;
}

const labVariable = "KASM_VDI_LAB";
const componentVariable = "KASM_VDI_LAB_COMPONENT";

/** Environment by which a component, and whatever it starts, is found again when its record is lost. */
export function labMarker(layout: LabLayout, component: string): Record<string, string> {
  return { [labVariable]: layout.root, [componentVariable]: component };
}

/** What a command's own processes are marked with, before its process id: the engine, a compiler. They are in no record. */
export const commandPrefix = "command-";

/**
 * Marks whatever this process starts, so that the next command finds what a killed one has left.
 * @returns how to stop that
 */
export function markChildren(layout: LabLayout, component: string): () => void {
  const marker = labMarker(layout, component);
  const before = Object.keys(marker).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, marker);
  return () => {
    for (const [name, value] of before)
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
  };
}

/** Every process of this lab, recorded or not. Linux only: elsewhere no file tells another process's environment. */
export function markedProcesses(layout: LabLayout): MarkedProcess[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc").flatMap((entry) => {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || pid === process.pid) return [];
    const component = markedComponent(procFile(pid, "environ") ?? "", layout);
    const identity = component === undefined ? undefined : processIdentity(pid);
    return component === undefined || identity === undefined ? [] : [{ pid, identity, component }];
  });
}

/** Marked processes that no valid record accounts for, neither themselves nor as children of a recorded component. */
export function strayProcesses(layout: LabLayout): MarkedProcess[] {
  return markedProcesses(layout).filter(({ pid, component }) => {
    if (component.startsWith(commandPrefix)) return component !== `${commandPrefix}${process.pid}`;
    const record = readRunRecord(layout, component);
    return !isRunning(record) || (record.pid !== pid && record.pid !== processGroup(pid));
  });
}

/** The component that a `/proc/PID/environ` names, when it is one of this lab. */
export function markedComponent(environment: string, layout: LabLayout): string | undefined {
  const variables = environment.split("\0");
  if (!variables.includes(`${labVariable}=${layout.root}`)) return undefined;
  const prefix = `${componentVariable}=`;
  return variables.find((variable) => variable.startsWith(prefix))?.slice(prefix.length);
}
