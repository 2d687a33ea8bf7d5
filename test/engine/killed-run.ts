import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { stringify } from "yaml";
import { loadKubeConfig } from "../../kube/client.ts";
import { FaultyApiServer } from "./faulty-api-server.ts";
import type { SeenRequest } from "./faulty-api-server.ts";
import type { Run } from "./lab-stack.ts";

/** Who is killed: the engine, the Kubernetes plugin and the Helm in it, or the engine and all that it has started. */
export type Victim = "engine" | "plugin" | "all";

export interface KilledRun {
  /** Begins a command of the engine. */
  begin: () => Run;
  /** The kubeconfig that the command uses, and that the state names: it leads through a server of the test meanwhile. */
  kubeconfig: string;
  victim: Victim;
  /** Asked about each request when the API server has done it and nobody knows yet: whether to kill now. */
  moment: (request: SeenRequest) => boolean;
  /** Resolves when a plugin that outlives its engine has done its work. */
  settled: () => Promise<void>;
}

/**
 * Kills (SIGKILL) in the middle of a command of the engine, and leaves nothing of it running.
 *
 * @throws Error when the command came to its end before the moment did
 */
export async function killedRun({ begin, kubeconfig, victim, moment, settled }: KilledRun): Promise<void> {
  const real = readFileSync(kubeconfig);
  const server = new FaultyApiServer(loadKubeConfig({ file: kubeconfig }), { lendsRights: true });
  writeFileSync(kubeconfig, kubeconfigOf(await server.listen()));
  try {
    const run = begin();
    let started: Process[] = [];
    server.answered = (request) => {
      if (started.length > 0 || !moment(request) || run.pid === undefined) return;
      started = descendants(run.pid);
      const plugins = started.filter(({ command }) => command.includes("pulumi-resource-kubernetes"));
      kill(victim === "plugin" ? plugins : victim === "engine" ? [{ pid: run.pid }] : [{ pid: run.pid }, ...started]);
    };
    const { all } = await run;
    if (started.length === 0) throw new Error(`it was not killed:\n${all}`);
    if (victim === "engine") await settled();
    kill(started);
  } finally {
    server.close();
    writeFileSync(kubeconfig, real);
  }
}

interface Process {
  pid: number;
  parent: number;
  command: string;
}

function descendants(pid: number): Process[] {
  const list = execFileSync("ps", ["-A", "-o", "pid=,ppid=,args="], { encoding: "utf8" });
  const processes = list.split("\n").flatMap((line): Process[] => {
    const [, pid, parent, command = ""] = /^ *(\d+) +(\d+) +(.*)$/.exec(line) ?? [];
    return pid === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), command }];
  });
  const below = (parent: number): Process[] =>
    processes.filter((one) => one.parent === parent).flatMap((child) => [child, ...below(child.pid)]);
  return below(pid);
}

function kill(processes: readonly { pid: number }[]): void {
  for (const { pid } of processes)
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has ended meanwhile.
    }
}

function kubeconfigOf(server: string): string {
  return stringify({
    ...{ apiVersion: "v1", kind: "Config", "current-context": "test" },
    clusters: [{ name: "test", cluster: { server, "insecure-skip-tls-verify": true } }],
    users: [{ name: "test", user: {} }],
    contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
  });
}
