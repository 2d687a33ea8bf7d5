import type { ClusterClient } from "../kube/client.ts";
import { waitForObject } from "../kube/wait-for.ts";
import type { LabLayout } from "../lab/cluster/layout.ts";
import { readPorts } from "../lab/cluster/state.ts";
import { provideDesktopFiles } from "../lab/desktop/files/provide.ts";
import { runsDesktops } from "../lab/desktop/layout.ts";
import { withAdministrator } from "../lab/phases/context.ts";
import { labStackFile, readStackConfig } from "../lab/platform/stack-config.ts";
import { onPort, sessionLink } from "../lab/session/link.ts";
import { listTemplates, named, sessionKey } from "../lab/session/objects.ts";
import { apiVersion } from "../operator/api/objects.ts";
import type { VDISession } from "../operator/api/objects.ts";
import { bareStart, withDesktop } from "./desktop-starts.ts";
import type { Started } from "./desktop-starts.ts";
import { measureStream } from "./desktop-stream.ts";
import type { StreamFigures } from "./desktop-stream.ts";
import { measureWay } from "./desktop-way.ts";
import type { WayFigures } from "./desktop-way.ts";
import { load } from "./process-figures.ts";
import { median, rounded } from "./statistics.ts";
import { withWarmPool } from "./warm-pool.ts";

/** Medians in seconds, from the session's creation. The picture comes through Traefik and gateway, to who signs in by a link. */
export interface StartFigures {
  readonly readySeconds: number;
  readonly pictureSeconds: number;
  /** The same with a desktop of a pool, started before. */
  readonly warmReadySeconds: number;
  readonly warmPictureSeconds: number;
  /** The peer: the same programs of the same files with the same limit of CPU, started by hand, until they listen. */
  readonly bareSeconds: number;
}

export interface DesktopFigures extends StartFigures, StreamFigures, WayFigures {
  readonly bench: "desktop";
  readonly runs: number;
  /** Starts with half a core each, where the others have a whole one. */
  readonly halfCore: StartFigures;
  readonly load: number;
}

const template = "selkies";
const wayRequests = 200;

/** Real desktops, one after the other, beside their programs alone. The lab has to run, with desktops. */
export async function benchDesktop(
  layout: LabLayout,
  runs: number,
  say: (line: string) => void,
): Promise<DesktopFigures> {
  if (!runsDesktops(layout)) throw new Error("Desktops have to be run, and not simulated: `npm run lab desktop`.");
  const { namespaces } = await readStackConfig(labStackFile(layout.checkout));
  const files = await provideDesktopFiles(process.env, say);
  return withAdministrator(layout, async (client) => {
    const place = { layout, client, namespace: namespaces.vdi, files };
    const whole = await starts(place, { template, cores: 1 }, runs, say);
    const halfCore = await withTemplate(client, "bench-half-core", "500m", (half) =>
      starts(place, { template: half, cores: 0.5 }, runs, say),
    );
    const open = await openDesktop(place);
    say(JSON.stringify(open));
    return { bench: "desktop", runs, ...whole, halfCore, ...open, load: load() };
  });
}

interface Place {
  readonly layout: LabLayout;
  readonly client: ClusterClient;
  readonly namespace: string;
  readonly files: string;
}

async function starts(
  { layout, client, namespace, files }: Place,
  { template, cores }: { template: string; cores: number },
  runs: number,
  say: (line: string) => void,
): Promise<StartFigures> {
  const measured: { cold: Started; warm: Started; bare: number }[] = [];
  const pool = { client, namespace, template: { metadata: { name: template } } };
  for (let run = 0; run <= runs; run++) {
    const bare = await bareStart(layout, files, cores);
    const start = (kind: string) =>
      withDesktop(layout, client, { namespace, name: `bench-${kind}-${run}`, template }, (started) => started);
    const cold = await start("cold");
    const warm = await withWarmPool(pool, 1, () => start("warm"));
    const figures = [cold, warm].map(
      ({ ready, picture }) => `ready ${rounded(ready)} s, picture ${rounded(picture)} s`,
    );
    const title = `${cores} cores, run ${run}${run === 0 ? " (not counted)" : ""}`;
    say(`${title}: cold ${figures.join("; warm ")}; bare ${rounded(bare)} s`);
    if (run > 0) measured.push({ cold, warm, bare });
  }
  const middle = (of: (one: (typeof measured)[number]) => number) => rounded(median(measured.map(of)));
  return {
    readySeconds: middle(({ cold }) => cold.ready),
    pictureSeconds: middle(({ cold }) => cold.picture),
    warmReadySeconds: middle(({ warm }) => warm.ready),
    warmPictureSeconds: middle(({ warm }) => warm.picture),
    bareSeconds: middle(({ bare }) => bare),
  };
}

/** What a desktop costs that somebody has open, and the way to it. */
function openDesktop({ layout, client, namespace }: Place): Promise<StreamFigures & WayFigures> {
  const name = "bench-open";
  return withDesktop(layout, client, { namespace, name, template }, async (_, { host, cookie }) => {
    const hasPod = (it: VDISession | undefined) => it?.status?.podName !== undefined;
    const session = await waitForObject<VDISession>(client, sessionKey(namespace, name), hasPod, { timeoutMs: 1_000 });
    const podName = session?.status?.podName ?? "";
    const pod = await client.get({ apiVersion: "v1", kind: "Pod", metadata: { namespace, name: podName } });
    const { podIP: podIp = "" } = pod?.["status"] as { podIP?: string };
    const way = await measureWay(layout, { podIp, host, cookie, requests: wayRequests });
    const { traefik = 443, "gateway-access": accessPort = 0 } = readPorts(layout);
    const { url } = await sessionLink(client, { namespace, session: name, accessPort });
    return { ...(await measureStream(layout, onPort(url, traefik), podName)), ...way };
  });
}

/** Works with a copy of the template whose desktops have this much CPU. */
async function withTemplate<Result>(
  client: ClusterClient,
  name: string,
  cpu: string,
  work: (name: string) => Promise<Result>,
): Promise<Result> {
  const key = (name: string) => ({ apiVersion, kind: "VDITemplate", metadata: { name } });
  const { spec } = named("template", template, await listTemplates(client));
  const resources = { ...spec.resources, default: { ...spec.resources?.default, cpu } };
  await client.create({ ...key(name), spec: { ...spec, resources } });
  try {
    return await work(name);
  } finally {
    await client.delete(key(name));
  }
}
