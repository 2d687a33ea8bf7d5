import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/**
 * What tells one process from a later one with the same pid: its start time, on Linux with the boot it belongs to.
 * Undefined when there is no such process, or only a zombie that nobody has collected.
 */
export function processIdentity(pid: number): string | undefined {
  return process.platform === "linux" ? linuxIdentity(pid) : portableIdentity(pid);
}

/** Resident memory in bytes; undefined when the process is gone. */
export function residentBytes(pid: number): number | undefined {
  if (process.platform !== "linux") {
    const kibibytes = Number(ps(pid, "rss"));
    return Number.isFinite(kibibytes) && kibibytes > 0 ? kibibytes * 1024 : undefined;
  }
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(procFile(pid, "status") ?? "");
  return line?.[1] === undefined ? undefined : Number(line[1]) * 1024;
}

/** The group that a process belongs to, on Linux: a component leads one, and what it starts stays in it. */
export function processGroup(pid: number): number | undefined {
  return parseStat(procFile(pid, "stat") ?? "")?.group;
}

export interface ProcessStat {
  state: string;
  group: number;
  threads: number;
  startTicks: string;
}

/** The fields of /proc/PID/stat that matter here (proc_pid_stat(5): state is field 3, pgrp 5, num_threads 20, starttime 22). */
export function parseStat(text: string): ProcessStat | undefined {
  // The name in parentheses may itself hold spaces and parentheses.
  const fields = text
    .slice(text.lastIndexOf(")") + 1)
    .trim()
    .split(" ");
  const [state, group, threads, startTicks] = [fields[0], fields[2], fields[17], fields[19]];
  if (!state || !startTicks) return undefined;
  return { state, group: Number(group), threads: Number(threads), startTicks };
}

function linuxIdentity(pid: number): string | undefined {
  const stat = parseStat(procFile(pid, "stat") ?? "");
  if (!stat || isOver(stat)) return undefined;
  return `${bootId}/${stat.startTicks}`;
}

/**
 * Whether nothing of the process is left but its entry in the table. A killed process shows as a zombie while its other
 * threads still end, and until the last of them has ended it holds its ports and its data.
 */
export function isOver({ state, threads }: ProcessStat): boolean {
  return state === "X" || (state === "Z" && threads <= 1);
}

function portableIdentity(pid: number): string | undefined {
  const started = ps(pid, "lstart");
  return started === undefined || ps(pid, "state")?.startsWith("Z") ? undefined : started;
}

const bootId = (fileText("/proc/sys/kernel/random/boot_id") ?? "").trim();

/** A file below /proc/PID; undefined when the process is gone, or another user's. */
export function procFile(pid: number, name: string): string | undefined {
  return fileText(`/proc/${pid}/${name}`);
}

function fileText(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

function ps(pid: number, field: string): string | undefined {
  try {
    const text = execFileSync("ps", ["-o", `${field}=`, "-p", String(pid)], {
      encoding: "utf8",
      env: { ...process.env, LC_ALL: "C" },
    });
    return text.trim() || undefined;
  } catch {
    return undefined;
  }
}
