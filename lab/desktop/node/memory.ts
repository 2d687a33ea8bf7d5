import { readdirSync } from "node:fs";
import { procFile } from "../../cluster/process-identity.ts";

const lookMs = 250;
const pageBytes = 4_096;

/** Each process below `pid`, and itself. */
export function processTree(pid: number, childrenOf: (pid: number) => readonly number[] = children): number[] {
  return [pid, ...childrenOf(pid).flatMap((child) => processTree(child, childrenOf))];
}

/** Proportional set size by `/proc/PID/smaps_rollup`: what several processes share counts once. */
export function proportionalBytes(rollup: string): number {
  return Number(/^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1] ?? 0) * 1024;
}

/** Resident set size by `/proc/PID/statm`: cheap, and never below the proportional one. */
export function residentBytes(statm: string): number {
  return Number(statm.split(" ")[1] ?? 0) * pageBytes;
}

/** Memory of a container's processes; exact only above `limitBytes`, since only then it matters. */
export function memoryOf(pid: number, limitBytes: number): number {
  const tree = processTree(pid);
  const sum = (of: (pid: number) => number) => tree.reduce((bytes, it) => bytes + of(it), 0);
  const most = sum((it) => residentBytes(procFile(it, "statm") ?? ""));
  return most <= limitBytes ? most : sum((it) => proportionalBytes(procFile(it, "smaps_rollup") ?? ""));
}

/**
 * Calls `onExceeded` once when a container's processes have more memory than their limit. The kernel would not let them get that
 * far; here it takes a look, four times a second.
 */
export function watchMemory(pid: number, limitBytes: number, signal: AbortSignal, onExceeded: () => void): void {
  const timer = setInterval(() => {
    if (memoryOf(pid, limitBytes) <= limitBytes) return;
    clearInterval(timer);
    onExceeded();
  }, lookMs);
  signal.addEventListener("abort", () => clearInterval(timer), { once: true });
}

function children(pid: number): number[] {
  const childrenOf = (thread: string) => procFile(pid, `task/${thread}/children`) ?? "";
  return threads(pid).flatMap((thread) => childrenOf(thread).split(" ").filter(Boolean).map(Number));
}

function threads(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}
