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
import { provideDesktopFiles } from "../lab/desktop/files/provide.ts";
import { runsDesktops } from "../lab/desktop/layout.ts";
import { CpuGroup, openCpuGroups, removeCpuGroups } from "../lab/desktop/node/cpu-groups.ts";
import { processTree } from "../lab/desktop/node/memory.ts";
import { withAdministrator } from "../lab/phases/context.ts";
import { labStackFile, readStackConfig } from "../lab/platform/stack-config.ts";
import { createSession } from "../lab/session/create.ts";
import { sessionLink } from "../lab/session/link.ts";
import { sessionKey } from "../lab/session/objects.ts";
import { waitUntilReady } from "../lab/session/wait.ts";
import { median, rounded } from "./statistics.ts";
import { withWarmPool } from "./warm-pool.ts";

export interface DesktopFigures {
  readonly bench: "desktop";
  readonly runs: number;
  /** Medians, from the session's creation. The picture comes through Traefik and gateway, to who signs in by a link. */
  readonly readySeconds: number;
  readonly pictureSeconds: number;
  /** The same with a desktop of a pool, started before. */
  readonly warmReadySeconds: number;
  readonly warmPictureSeconds: number;
  /** The peer: the same programs of the same files with the same limit of CPU, started by hand, until they listen. */
  readonly bareSeconds: number;
}

/** Real desktops, one after the other, beside their programs alone. The lab has to run, with desktops. */
export async function benchDesktop(
  layout: LabLayout,
  runs: number,
  say: (line: string) => void,
): Promise<DesktopFigures> {
  if (!runsDesktops(layout)) throw new Error("Desktops have to be run, and not simulated: `npm run lab desktop`.");
  const { namespaces } = await readStackConfig(labStackFile(layout.checkout));
  const files = await provideDesktopFiles(process.env, say);
  const measured: { cold: Started; warm: Started; bare: number }[] = [];
  await withAdministrator(layout, async (client) => {
    for (let run = 0; run <= runs; run++) {
      const bare = await bareStart(layout, files);
      const session = (kind: string) => ({ namespace: namespaces.vdi, name: `bench-${kind}-${run}` });
      const cold = await start(layout, client, session("cold"));
      const pool = { client, namespace: namespaces.vdi, template: { metadata: { name: template } } };
      const warm = await withWarmPool(pool, 1, () => start(layout, client, session("warm")));
      const figures = [cold, warm].map(
        ({ ready, picture }) => `ready ${rounded(ready)} s, picture ${rounded(picture)} s`,
      );
      say(`Run ${run}: cold ${figures.join("; warm ")}; bare ${rounded(bare)} s${run === 0 ? " (not counted)" : ""}`);
      if (run > 0) measured.push({ cold, warm, bare });
    }
  });
  const middle = (of: (one: (typeof measured)[number]) => number) => rounded(median(measured.map(of)));
  return {
    ...{ bench: "desktop", runs },
    readySeconds: middle(({ cold }) => cold.ready),
    pictureSeconds: middle(({ cold }) => cold.picture),
    warmReadySeconds: middle(({ warm }) => warm.ready),
    warmPictureSeconds: middle(({ warm }) => warm.picture),
    bareSeconds: middle(({ bare }) => bare),
  };
}

const template = "selkies";

/** Seconds from a session's creation. */
interface Started {
  readonly ready: number;
  readonly picture: number;
}

async function start(
  layout: LabLayout,
  client: ClusterClient,
  { namespace, name }: { namespace: string; name: string },
): Promise<Started> {
  const { traefik = 443, "gateway-access": accessPort = 0 } = readPorts(layout);
  const begun = performance.now();
  const since = () => (performance.now() - begun) / 1000;
  await createSession(client, namespace, { name, user: `${name}@example.com`, template, home: false });
  try {
    await waitUntilReady(client, { namespace, name, timeoutMs: 60_000 });
    const ready = since();
    const { url } = await sessionLink(client, { namespace, session: name, accessPort });
    const signedIn = await ask(url, traefik, {});
    const picture = new URL("/api/screenshot", url).href;
    while ((await ask(picture, traefik, { cookie: signedIn.cookie })).status !== 200) await sleep(20);
    return { ready, picture: since() };
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

/** How long the programs take by themselves until somebody could connect. */
async function bareStart(layout: LabLayout, files: string): Promise<number> {
  const record = readRunRecord(layout, "desktops");
  if (!record) throw new Error("The lab does not run: `npm run lab desktop` starts it.");
  const folder = mkdtempSync(join(tmpdir(), "kasm-vdi-bench-"));
  for (const part of ["root", "empty"]) mkdirSync(join(folder, part));
  for (const file of ["mounts", "termination-log"]) writeFileSync(join(folder, file), "");
  const enter = ["--target", String(record.pid), "--user", "--net", "--mount", "--preserve-credentials"];
  const apart = ["--net", "--mount", "--pid", "--ipc", "--uts", "--fork", "--kill-child=KILL"];
  const script = join(layout.checkout, "lab/desktop/node/container.sh");
  const begin = ["sh", "-c", 'ip link set lo up; exec sh "$@"', "sh", script, files, folder, "bench", "--"];
  const listens = "until (exec 3<>/dev/tcp/127.0.0.1/8080) 2>/dev/null; do sleep 0.02; done";
  const command = ["bash", "-c", `/usr/local/bin/desktop >/dev/null 2>&1 & ${listens}`];
  const groupsName = "kasm-vdi-bench";
  const groups = openCpuGroups(groupsName);
  const group = groups && new CpuGroup(groups, "bare", 1);
  const begun = performance.now();
  try {
    const running = execa("nsenter", [...enter, "unshare", ...apart, ...begin, ...command], {
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
