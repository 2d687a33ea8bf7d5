import { readFileSync, readdirSync } from "node:fs";
import { candidates, cpuGroupsName } from "../../../lab/desktop/node/cpu-groups.ts";
import { processTree } from "../../../lab/desktop/node/memory.ts";
import { procFile } from "../../../lab/cluster/process-identity.ts";
import { markedProcesses } from "../../../lab/cluster/strays.ts";
import type { LabLayout } from "../../../lab/cluster/layout.ts";

export interface LabProcess {
  readonly pid: number;
  readonly command: string;
  /** As it sees itself, by its environment. */
  readonly hostname: string;
  readonly cpuTicks: number;
}

/** Processes of a lab: those that it marks, all below them, and all that name its folder. */
export function processesBelow(layout: LabLayout): LabProcess[] {
  const marked = markedProcesses(layout).flatMap(({ pid }) => processTree(pid));
  const named = pids().filter((pid) => pid !== process.pid && read(pid, "cmdline").includes(layout.root));
  return [...new Set([...marked, ...named])].map((pid) => {
    const times = read(pid, "stat")
      .replace(/^.*\) /, "")
      .split(" ");
    const hostname = /(?:^|\0)HOSTNAME=([^\0]*)/.exec(read(pid, "environ"))?.[1] ?? "";
    const cpuTicks = Number(times[11] ?? 0) + Number(times[12] ?? 0);
    return { pid, command: read(pid, "cmdline").replaceAll("\0", " "), hostname, cpuTicks };
  });
}

/** What a lab can leave on a machine, as text to compare. */
export function leftBehind(layout: LabLayout): string[] {
  const groups = candidates(readFileSync("/proc/mounts", "utf8"), readFileSync("/proc/self/cgroup", "utf8"));
  const ours = cpuGroupsName(layout.desktops);
  return [
    ...processesBelow(layout).map(({ command }) => `process ${command}`),
    ...readFileSync("/proc/mounts", "utf8")
      .split("\n")
      .filter((line) => line.includes(layout.root))
      .map((line) => `mount ${line}`),
    ...readdirSync("/sys/class/net").map((name) => `interface ${name}`),
    ...groups.flatMap(({ folder }) => entries(folder).filter((name) => name === ours)).map((name) => `group ${name}`),
  ].sort();
}

function pids(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function read(pid: number, file: string): string {
  return procFile(pid, file) ?? "";
}
