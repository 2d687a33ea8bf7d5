import { readFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ClusterClient, loadKubeConfig } from "../kube/client.ts";
import type { LabLayout } from "../lab/cluster/layout.ts";
import { labStackFile, readStackConfig } from "../lab/platform/stack-config.ts";
import { apiVersion } from "../operator/api/objects.ts";
import { Seal } from "../portal/sign-in/seal.ts";
import { startPortalBundle } from "./portal-bundle.ts";
import { pageTimes } from "./portal-page.ts";
import { load, processFigures } from "./process-figures.ts";
import { spread } from "./statistics.ts";
import type { Spread } from "./statistics.ts";

export interface PortalFigures {
  readonly bench: "portal";
  /** Visits of a browser, and milliseconds from the navigation until the page shows its tiles. */
  readonly visits: number;
  readonly pageMs: Spread;
  /** Streams that were told of each change, and the changes. */
  readonly streams: number;
  readonly changes: number;
  /** Milliseconds from the API server's answer to a change until a stream has it. */
  readonly eventMs: Spread;
  /** Streams that were open at once, and the portal's memory before and with them. */
  readonly open: number;
  readonly idleRssMiB: number;
  readonly openRssMiB: number;
  readonly load: number;
}

/** As many streams as one person may have. */
const perPerson = 10;

/**
 * The portal's bundle on the lab: how soon its page is there, how soon open pages have a change, and what they cost. Cookies are
 * sealed by the portal's own key, as a sign-in would.
 */
export async function benchPortal(
  layout: LabLayout,
  options: { visits: number; streams: number; changes: number; open: number; say: (line: string) => void },
): Promise<PortalFigures> {
  const { visits, streams, changes, open, say } = options;
  const { namespaces } = await readStackConfig(labStackFile(layout.checkout));
  const config = loadKubeConfig({ file: layout.kubeconfig });
  const cluster = new ClusterClient(config);
  const portal = await startPortalBundle(layout, cluster);
  const seal = new Seal(readFileSync(join(layout.operatorSecrets, "portal-key")));
  // Administrators, so that all of them are told of each change.
  const cookieOf = (user: string) => seal.seal("session", { user, groups: ["vdi-admins"] }, 3_600);
  const pages: Page[] = [];
  try {
    const { rssMiB: idleRssMiB } = processFigures(portal.pid);
    for (let index = 0; index < open; index++) {
      const cookie = `__Host-portal=${await cookieOf(`bench-${Math.floor(index / perPerson)}`)}`;
      pages.push(await openPage(`${portal.origin}/api/v1/events${index < streams ? "?all=true" : ""}`, cookie));
      if (index % 100 === 99) say(`${index + 1} streams are open`);
    }
    await sleep(2_000);
    const { rssMiB: openRssMiB } = processFigures(portal.pid);
    const watching = pages.slice(0, streams);
    const times = await measure(cluster, namespaces.vdi, watching, changes);
    for (const page of pages) page.end();
    const pageMs = spread(await pageTimes(portal.origin, await cookieOf("bench-visitor"), visits));
    return {
      ...{ bench: "portal", visits, pageMs, streams, changes, eventMs: spread(times), open: pages.length },
      ...{ idleRssMiB, openRssMiB, load: load() },
    };
  } finally {
    for (const page of pages) page.end();
    await cluster.delete({
      apiVersion,
      kind: "VDISession",
      metadata: { name: benchSession, namespace: namespaces.vdi },
    });
    await portal.end();
    await config.close();
  }
}

const benchSession = "bench-portal";

async function measure(cluster: ClusterClient, namespace: string, pages: readonly Page[], changes: number) {
  // Suspended from its start: nobody but the benchmark writes to it often.
  const spec = { user: "bench@example.com", template: "webtop", desiredState: "Suspended" };
  const metadata = { name: benchSession, namespace };
  await cluster.create({ apiVersion, kind: "VDISession", metadata, spec });
  await sleep(2_000);
  const times: number[] = [];
  for (let change = 1; change <= changes; change++) {
    const timeout = `${600 + change}m`;
    const told = pages.map((page) => page.told(`"timeout":"${timeout}"`));
    await cluster.mergePatch({ apiVersion, kind: "VDISession", metadata, spec: { timeout } });
    const written = performance.now();
    for (const at of await Promise.all(told)) times.push(Math.max(0, at - written));
    await sleep(100);
  }
  return times;
}

interface Page {
  readonly told: (text: string) => Promise<number>;
  readonly end: () => void;
}

/** A page's stream; it keeps nothing but what is waited for. */
function openPage(url: string, cookie: string): Promise<Page> {
  let wanted: { text: string; resolve: (at: number) => void } | undefined;
  let rest = "";
  return new Promise((resolve, reject) => {
    const sent = request(url, { headers: { cookie, "sec-fetch-site": "same-origin" }, agent: false }, (response) => {
      if (response.statusCode !== 200) {
        reject(new Error(`the portal answered ${response.statusCode ?? 0}`));
        return;
      }
      response.setEncoding("utf8").on("data", (part: string) => {
        rest = (rest + part).slice(-8_192);
        if (wanted && rest.includes(wanted.text)) {
          wanted.resolve(performance.now());
          wanted = undefined;
        }
      });
      response.on("error", () => undefined);
      resolve({ told: (text) => new Promise((done) => (wanted = { text, resolve: done })), end: () => sent.destroy() });
    });
    sent.once("error", reject);
    sent.end();
  });
}
