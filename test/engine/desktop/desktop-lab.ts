import { existsSync, readFileSync, readdirSync } from "node:fs";
import { appendFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import type { Browser, BrowserContextOptions } from "playwright-core";
import { ClusterClient, loadKubeConfig } from "../../../kube/client.ts";
import { waitForObject } from "../../../kube/wait-for.ts";
import { labLayout } from "../../../lab/cluster/layout.ts";
import type { LabLayout } from "../../../lab/cluster/layout.ts";
import { readPorts } from "../../../lab/cluster/state.ts";
import { apiVersion } from "../../../operator/api/objects.ts";
import type { VDISession } from "../../../operator/api/objects.ts";
import { onPort, sessionLink } from "../../../lab/session/link.ts";
import { sessionKey } from "../../../lab/session/objects.ts";
import { launchChromium } from "../../../lab/desktop/chromium.ts";
import { coturnFiles, turnConfig } from "./coturn.ts";
import { keepPicture } from "../pictures.ts";
import { DesktopPage } from "./desktop-page.ts";
import { copyOfCheckout } from "../second-checkout.ts";

export const namespace = "kasm-vdi";

interface Ended {
  terminated?: { reason?: string; exitCode: number };
}

interface DesktopPod {
  metadata: { name: string };
  status?: {
    podIP?: string;
    containerStatuses?: { name: string; restartCount: number; state?: Ended; lastState?: Ended }[];
  };
}

/** A lab of its own on which desktops are run, and a browser. */
export class DesktopLab {
  readonly folder: string;
  readonly layout: LabLayout;
  client!: ClusterClient;
  browser!: Browser;
  /** Of the session `desktop`, which the command has made. */
  link!: string;

  constructor(checkout: string) {
    this.folder = join(labLayout(checkout).root, "desktop-checkout");
    this.layout = labLayout(this.folder);
  }

  async start(checkout: string): Promise<void> {
    await copyOfCheckout(checkout, this.folder);
    await appendFile(join(this.folder, "lab/stack.yaml"), turnConfig);
    this.link = linkIn((await this.run("desktop", "--user", "alice@example.com")).all);
    [this.browser] = await Promise.all([launchChromium(), coturnFiles()]);
    this.client = new ClusterClient(loadKubeConfig({ file: this.layout.kubeconfig }));
  }

  /** A command of the lab. */
  run(...args: string[]) {
    return execa(process.execPath, ["lab/main.ts", ...args], { cwd: this.folder, all: true });
  }

  async close(): Promise<void> {
    await Promise.all([
      (this.browser as Browser | undefined)?.close(),
      (this.client as ClusterClient | undefined)?.config.close(),
    ]);
    await this.run("down").catch(() => undefined);
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Makes a session, and waits until it can be used. */
  async session(name: string, spec: object = {}): Promise<VDISession> {
    const object = { apiVersion, kind: "VDISession", metadata: { name, namespace } };
    const given = { user: `${name}@example.com`, template: "selkies", persistence: { enabled: false }, ...spec };
    await this.client.create({ ...object, spec: given });
    return this.until(name, ({ status }) => status?.phase === "Running");
  }

  /** A template of desktops as small as they can be. */
  async template(name: string, spec: object): Promise<void> {
    const resources = { default: { gpu: 0, cpu: "1", memory: "1Gi" } };
    const common = { image: "lab.invalid/desktop:1", runtime: { type: "selkies-v2" }, shmSize: "64Mi", resources };
    const object = { apiVersion, kind: "VDITemplate", metadata: { name }, spec: { ...common, ...spec } };
    await this.client.apply(object, { fieldManager: "engine-test", force: true });
  }

  async until(name: string, isSo: (session: VDISession) => boolean, timeoutMs = 90_000): Promise<VDISession> {
    const key = sessionKey(namespace, name);
    const isThereAndSo = (it: VDISession | undefined) => it !== undefined && isSo(it);
    return (await waitForObject<VDISession>(this.client, key, isThereAndSo, { timeoutMs })) as VDISession;
  }

  async patch(name: string, spec: object): Promise<void> {
    await this.client.mergePatch({ ...sessionKey(namespace, name), spec }, "engine-test");
  }

  async delete(...names: string[]): Promise<void> {
    for (const name of names) await this.client.delete(sessionKey(namespace, name));
    for (const name of names)
      await waitForObject(this.client, sessionKey(namespace, name), (it) => it === undefined, { timeoutMs: 60_000 });
  }

  /** A link to a session, as a portal gives it, at the port of this machine. */
  async linkTo(session: string): Promise<string> {
    const { traefik = 443, "gateway-access": accessPort = 0 } = readPorts(this.layout);
    const { url } = await sessionLink(this.client, { namespace, session, accessPort });
    return onPort(url, traefik);
  }

  /** The page of a browser that somebody sits at; nothing is opened in it yet. */
  async page(options: BrowserContextOptions = {}): Promise<DesktopPage> {
    // Whoever opens it says once that the stack's own certificate is trusted.
    const viewport = { width: 1_280, height: 720 };
    const context = await this.browser.newContext({ ignoreHTTPSErrors: true, viewport, ...options });
    return DesktopPage.in(context);
  }

  /** A page with the session's picture. */
  async open(session: string): Promise<DesktopPage> {
    const page = await this.page();
    await page.open(await this.linkTo(session));
    await page.untilPicture();
    return page;
  }

  /** Leaves pictures of all that is open, and closes it: whoever failed has not. */
  async closePages(name: string): Promise<void> {
    for (const [index, context] of this.browser.contexts().entries()) {
      for (const page of context.pages()) await keepPicture(page, `${name}-${index}`).catch(() => undefined);
      await context.close();
    }
  }

  /** What a file of a home has, as soon as it is there; any home. */
  async inHome(name: string, timeoutMs = 20_000): Promise<string> {
    const volumes = join(this.layout.desktops, "volumes");
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const found = readdirSync(volumes)
        .map((volume) => join(volumes, volume, name))
        .find((file) => existsSync(file));
      const text = found === undefined ? "" : readFileSync(found, "utf8");
      if (text !== "" || Date.now() > deadline) return text;
      await sleep(100);
    }
  }

  async pod(session: string): Promise<DesktopPod> {
    const { status } = await this.until(session, (it) => it.status?.podName !== undefined);
    const key = { apiVersion: "v1", kind: "Pod", metadata: { name: status?.podName ?? "", namespace } };
    return (await this.client.get(key)) as unknown as DesktopPod;
  }

  /** Of the desktop's container, as its pod's status tells. */
  async restarts(session: string): Promise<number> {
    const statuses = (await this.pod(session)).status?.containerStatuses ?? [];
    return statuses.find(({ name }) => name === "desktop")?.restartCount ?? -1;
  }

  async kubectl(...args: string[]): Promise<string> {
    const program = join(this.layout.bin, "kubectl");
    const { stdout } = await execa(program, [
      "--kubeconfig",
      this.layout.kubeconfig,
      "--namespace",
      namespace,
      ...args,
    ]);
    return stdout;
  }
}

function linkIn(output: string): string {
  const [found] = /https:\S+vdi_token=\S+/.exec(output) ?? [];
  if (found === undefined) throw new Error(`no link in: ${output}`);
  return found;
}
