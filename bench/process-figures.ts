import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { loadavg } from "node:os";
import { rounded } from "./statistics.ts";

/** What Linux says about a running process. */
export interface ProcessFigures {
  /** User and system time since its start. */
  readonly cpuSeconds: number;
  readonly rssMiB: number;
  /** The most that it ever had. */
  readonly peakRssMiB: number;
}

/** @throws Error when there is no such process */
export function processFigures(pid: number): ProcessFigures {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const mebibytes = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(status)?.[1]) / 1024;
  return {
    cpuSeconds: cpuSeconds(readFileSync(`/proc/${pid}/stat`, "utf8"), ticksPerSecond),
    rssMiB: rounded(mebibytes("VmRSS"), 0),
    peakRssMiB: rounded(mebibytes("VmHWM"), 0),
  };
}

/** Fields 14 and 15 of proc_pid_stat(5). The name in parentheses may itself hold spaces and parentheses. */
export function cpuSeconds(stat: string, ticks: number): number {
  const fields = stat
    .slice(stat.lastIndexOf(")") + 2)
    .trim()
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) / ticks;
}

/** Processes that want a processor, over the last minute: what else the machine did while it was measured. */
export function load(): number {
  return rounded(loadavg()[0] ?? NaN, 1);
}

const ticksPerSecond = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));
