import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import type { ClusterClient } from "../kube/client.ts";
import type { LabLayout } from "../lab/cluster/layout.ts";
import { readRunRecord } from "../lab/cluster/run-record.ts";
import { readPorts } from "../lab/cluster/state.ts";
import { amongDesktops } from "../lab/desktop/launches.ts";
import { CpuGroup, openCpuGroups, removeCpuGroups } from "../lab/desktop/node/cpu-groups.ts";
import { processTree } from "../lab/desktop/node/memory.ts";
import { createSession } from "../lab/session/create.ts";
import { sessionLink } from "../lab/session/link.ts";
import { sessionKey } from "../lab/session/objects.ts";
import { waitUntilReady } from "../lab/session/wait.ts";

/** Seconds from a session's creation. */
export interface Started {
  readonly ready: number;
  readonly picture: number;
}

export interface BenchSession {
  readonly namespace: string;
  readonly name: string;
  readonly template: string;
}

/** Has a session started until its picture comes, works with it, and takes it away. The cookie lets in who asks for it. */
export async function withDesktop<Result>(
  layout: LabLayout,
  client: ClusterClient,
  { namespace, name, template }: BenchSession,
  work: (started: Started, way: { host: string; cookie: string }) => Promise<Result> | Result,
): Promise<Result> {
  const { traefik = 443, "gateway-access": accessPort = 0 } = readPorts(layout);
  const begun = performance.now();
  const since = () => (performance.now() - begun) / 1000;
  await createSession(client, namespace, { name, user: `${name}@example.com`, template, home: false });
  try {
    await waitUntilReady(client, { namespace, name, timeoutMs: 60_000 });
    const ready = since();
    const { url } = await sessionLink(client, { namespace, session: name, accessPort });
    const { cookie } = await ask(url, traefik, {});
    const picture = new URL("/api/screenshot", url).href;
    while ((await ask(picture, traefik, { cookie })).status !== 200) await sleep(20);
    return await work({ ready, picture: since() }, { host: new URL(url).hostname, cookie });
  } finally {
    await client.delete(sessionKey(namespace, name));
  }
}

function ask(
  address: string,
  port: number,
  headers: Readonly<Record<string, string>>,
): Promise<{ status: number | undefined; cookie: string }> {
  const { hostname, pathname, search } = new URL(address);
  const to = { host: "127.0.0.1", port, path: `${pathname}${search}`, servername: hostname, rejectUnauthorized: false };
  return new Promise((resolve, reject) => {
    const asked = request({ ...to, headers: { host: hostname, accept: "text/html", ...headers } }, (answer) => {
      const cookie = answer.headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
      answer.resume().once("end", () => resolve({ status: answer.statusCode, cookie }));
    });
    asked.once("error", reject).end();
  });
}

/** Process of the lab whose namespaces desktops are in. */
export function desktopsPid(layout: LabLayout): number {
  const record = readRunRecord(layout, "desktops");
  if (!record) throw new Error("The lab does not run: `npm run lab desktop` starts it.");
  return record.pid;
}

/** How long a desktop's programs take by themselves, in seconds, until somebody could connect. */
export async function bareStart(layout: LabLayout, files: string, cores: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "kasm-vdi-bench-"));
  for (const part of ["root", "empty"]) mkdirSync(join(folder, part));
  for (const file of ["mounts", "termination-log"]) writeFileSync(join(folder, file), "");
  const apart = ["--net", "--mount", "--pid", "--ipc", "--uts", "--fork", "--kill-child=KILL"];
  const script = join(layout.checkout, "lab/desktop/node/container.sh");
  const begin = ["sh", "-c", 'ip link set lo up; exec sh "$@"', "sh", script, files, folder, "bench", "--"];
  const listens = "until (exec 3<>/dev/tcp/127.0.0.1/8080) 2>/dev/null; do sleep 0.02; done";
  const command = ["bash", "-c", `/usr/local/bin/desktop >/dev/null 2>&1 & ${listens}`];
  const launch = { program: "unshare", args: [...apart, ...begin, ...command], files: [] };
  const { program, args } = amongDesktops(launch, desktopsPid(layout));
  const groupsName = "kasm-vdi-bench";
  const groups = openCpuGroups(groupsName);
  const group = groups && new CpuGroup(groups, "bare", cores);
  const begun = performance.now();
  try {
    const running = execa(program, args, {
      env: { HOME: "/tmp", SELKIES_PUBLIC: "true", SELKIES_ENABLE_BASIC_AUTH: "false" },
    });
    for (const pid of processTree(running.pid ?? 0)) group?.add(pid);
    running.stdin.end("\n");
    await running;
    return (performance.now() - begun) / 1000;
  } finally {
    rmSync(folder, { recursive: true, force: true });
    removeCpuGroups(groupsName);
  }
}
