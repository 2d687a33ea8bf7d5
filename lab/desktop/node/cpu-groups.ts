import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A folder in which control groups with a limit of CPU time can be made. */
export interface CpuGroups {
  readonly version: 1 | 2;
  readonly folder: string;
}

/** Of the folder with a lab's own groups. */
export function cpuGroupsName(labFolder: string): string {
  return `kasm-vdi-${createHash("sha256").update(labFolder).digest("hex").slice(0, 12)}`;
}

const periodMicroseconds = 100_000;

/**
 * Folders that may be it, the best first: with version 2 no group has both processes and limited groups, so it is one above this
 * process's own; with version 1 its own. Whether groups can be made there is seen by trying.
 *
 * @param mounts `/proc/mounts`
 * @param own `/proc/self/cgroup`
 */
export function candidates(mounts: string, own: string): CpuGroups[] {
  const mounted = mounts.split("\n").map((line) => line.split(" "));
  const groups = own.split("\n").map((line) => /^\d+:([^:]*):(.*)$/.exec(line) ?? []);
  const hasCpu = (controllers = "") => controllers.split(",").includes("cpu");
  const ownPath = (isIt: (controllers: string) => boolean) =>
    groups.find(([, names]) => isIt(names ?? "-"))?.[2] ?? "/";
  const second = mounted.filter(([, , type]) => type === "cgroup2");
  const first = mounted.filter(([, , type, options]) => type === "cgroup" && hasCpu(options));
  return [
    ...second.flatMap(([, place = ""]) => {
      const path = ownPath((names) => names === "");
      return [dirname(path), path].map((it) => ({ version: 2 as const, folder: join(place, it) }));
    }),
    ...first.map(([, place = ""]) => ({ version: 1 as const, folder: join(place, ownPath(hasCpu)) })),
  ];
}

/** What is written into a group's files for a limit. */
export function limitFiles(version: CpuGroups["version"], cores: number): Record<string, string> {
  const quota = Math.max(1_000, Math.round(cores * periodMicroseconds)).toFixed();
  return version === 2
    ? { "cpu.max": `${quota} ${periodMicroseconds}` }
    : { "cpu.cfs_period_us": String(periodMicroseconds), "cpu.cfs_quota_us": quota };
}

/** The folder `name` with this lab's own groups, made where that is allowed; undefined where it is not. */
export function openCpuGroups(name: string): CpuGroups | undefined {
  const read = (file: string) => readFileSync(file, "utf8");
  for (const { version, folder } of candidates(read("/proc/mounts"), read("/proc/self/cgroup"))) {
    const ours = join(folder, name);
    try {
      mkdirSync(ours, { recursive: true });
      if (version === 2) writeFileSync(join(ours, "cgroup.subtree_control"), "+cpu");
      const groups = { version, folder: ours };
      new CpuGroup(groups, "attempt", 1).remove();
      return groups;
    } catch {
      removeFolder(ours);
    }
  }
  return undefined;
}

/** Processes that have a limit of CPU time together. */
export class CpuGroup {
  readonly #folder: string;

  constructor({ version, folder }: CpuGroups, name: string, cores: number) {
    this.#folder = join(folder, name);
    mkdirSync(this.#folder, { recursive: true });
    for (const [file, text] of Object.entries(limitFiles(version, cores)))
      writeFileSync(join(this.#folder, file), text);
  }

  /** What the process starts from now on comes along. One that has ended meanwhile is no failure. */
  add(pid: number): void {
    try {
      writeFileSync(join(this.#folder, "cgroup.procs"), String(pid));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }

  remove(): void {
    removeFolder(this.#folder);
  }
}

/** Removes the groups that a killed process has left behind, and their folder. Those with processes stay. */
export function removeCpuGroups(name: string): void {
  const read = (file: string) => readFileSync(file, "utf8");
  for (const { folder } of candidates(read("/proc/mounts"), read("/proc/self/cgroup"))) removeTree(join(folder, name));
}

function removeTree(folder: string): void {
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true }))
      if (entry.isDirectory()) removeFolder(join(folder, entry.name));
  } catch {
    return;
  }
  removeFolder(folder);
}

function removeFolder(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // It is not there, or a process is still in it.
  }
}
