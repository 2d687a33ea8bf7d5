import { existsSync, readdirSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { request } from "node:https";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { execa } from "execa";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { ClusterClient, loadKubeConfig } from "../../kube/client.ts";
import { waitForObject } from "../../kube/wait-for.ts";
import { labLayout } from "../../lab/cluster/layout.ts";
import { markedProcesses } from "../../lab/cluster/strays.ts";
import { unmetRequirements } from "../../lab/desktop/requirements.ts";
import { sessionKey } from "../../lab/session/objects.ts";
import type { Session } from "../../lab/session/objects.ts";
import { launchChromium, sourcesAway } from "./chromium.ts";
import { checkout } from "./lab-stack.ts";
import { colourAt } from "./page-colour.ts";
import { copyOfCheckout } from "./second-checkout.ts";

/** Of the desktop's background, and where there is nothing else. */
const background = "43,58,74";
/** Of its terminal. */
const paper = "251,251,248";
const emptyPlace = { x: 1_100, y: 650 };
const terminal = { x: 400, y: 300 };

// A desktop in a browser from one command, on a lab of its own: with the real Traefik, operator and gateway, the pod's own
// environment and Secret, and processes in the place of a kubelet's containers.
describe("`npm run lab desktop`", function () {
  // Where Traefik has to be built.
  this.timeout(30 * 60_000);
  const folder = join(labLayout(checkout).root, "desktop-checkout");
  const layout = labLayout(folder);
  const lab = (...args: string[]) => execa(process.execPath, ["lab/main.ts", ...args], { cwd: folder, all: true });
  let browser: Browser;
  let isUp = false;
  let context: BrowserContext;
  let page: Page;
  let link: string;
  let client: ClusterClient;

  before(async function () {
    const [problem] = await unmetRequirements(process.env);
    if (problem !== undefined) {
      console.log(`    skipped: ${problem}`);
      this.skip();
    }
    await copyOfCheckout(checkout, folder);
    try {
      link = linkIn((await lab("desktop", "--user", "alice@example.com")).all);
      browser = await launchChromium();
    } catch (error) {
      const away = sourcesAway(error);
      if (away === undefined) throw error;
      console.log(`    skipped: ${away}`);
      this.skip();
    }
    client = new ClusterClient(loadKubeConfig({ file: layout.kubeconfig }));
    // Whoever opens it says once that the stack's own certificate is trusted.
    context = await browser.newContext({ ignoreHTTPSErrors: true, viewport: { width: 1_280, height: 720 } });
    page = await context.newPage();
    isUp = true;
  });

  after(async () => {
    if (isUp) await Promise.all([browser.close(), client.config.close()]);
    await lab("down").catch(() => undefined);
    await rm(folder, { recursive: true, force: true });
  });

  it("shows its picture to who comes by the link, and nothing to anybody else", async () => {
    const address = link.replace(/\?.*/, "");
    const forged = link.replace(/.$/, (last) => (last === "A" ? "B" : "A"));
    expect([await statusOf(address), await statusOf(forged)]).to.deep.equal([401, 401]);
    await page.goto(link);
    expect(page.url()).to.equal(address);
    await untilPicture();
  });

  it("takes what is typed, and keeps it in the user's home", async () => {
    await type("echo typed-in-a-browser > note");
    expect(await inHome("note")).to.equal("typed-in-a-browser\n");
  });

  it("starts anew when its display is gone, and shows its next picture", async () => {
    const before = await restarts();
    await type("pkill Xvfb");
    const deadline = Date.now() + 60_000;
    while ((await restarts()) === before && Date.now() < deadline) await sleep(200);
    expect(await restarts()).to.equal(before + 1);
    // The open page keeps its last picture until it is connected again; Traefik says so while nothing listens.
    let status: number | undefined;
    while (status !== 200 && Date.now() < deadline) {
      // Selkies' page loads itself anew, too, which ends what is under way.
      const answer = await page.reload().catch(() => null);
      status = answer?.status();
      await sleep(500);
    }
    await untilPicture();
    await type("cp note after-restart");
    expect(await inHome("after-restart")).to.equal("typed-in-a-browser\n");
  });

  it("is suspended under an open page, and woken by who opens it, with its home", async () => {
    await lab("session", "suspend", "desktop");
    await phase("Suspended");
    // Its page asks by itself all the time.
    await sleep(5_000);
    await phase("Suspended");
    await page.goto(link.replace(/\?.*/, ""));
    await untilPicture();
    await phase("Running");
    await type("cp note after-wake");
    expect(await inHome("after-wake")).to.equal("typed-in-a-browser\n");
  });

  it("leaves no process, mount or interface behind `down`", async () => {
    await lab("down");
    expect(markedProcesses(layout)).to.deep.equal([]);
    const programs = readdirSync("/proc").flatMap((pid) => (/^\d+$/.test(pid) ? commandOf(pid) : []));
    expect(programs.filter((line) => line.includes(folder))).to.deep.equal([]);
    expect(readFileSync("/proc/mounts", "utf8")).not.to.contain(folder);
    expect(existsSync("/sys/class/net/pods")).to.equal(false);
  });

  /** Of the desktop's container, as its pod's status tells. */
  async function restarts(): Promise<number> {
    interface Status {
      containerStatuses?: { name: string; restartCount: number }[];
    }
    const pods = await client.list("v1", "Pod", { namespace: "kasm-vdi" });
    const statuses = pods.flatMap(({ status }) => (status as Status).containerStatuses ?? []);
    return statuses.find(({ name }) => name === "desktop")?.restartCount ?? -1;
  }

  async function untilPicture(): Promise<void> {
    const deadline = Date.now() + 60_000;
    let seen = "";
    while (Date.now() < deadline) {
      const look = async (place: typeof terminal) => colourAt(page, place).catch(String);
      seen = `${await look(emptyPlace)} and ${await look(terminal)}`;
      const [first = "", second = ""] = seen.split(" and ");
      // By way of a lossy video.
      if (distance(first, background) < 12 && distance(second, paper) < 12) return;
      await sleep(200);
    }
    throw new Error(`no picture of the desktop after 60 s; the colours there are ${seen}`);
  }

  async function type(line: string): Promise<void> {
    await page.mouse.click(terminal.x, terminal.y);
    await page.keyboard.type(line, { delay: 20 });
    await page.keyboard.press("Enter");
  }

  /** What a file of the user's home has, as soon as it is there. */
  async function inHome(name: string): Promise<string> {
    const volumes = join(layout.desktops, "volumes");
    const deadline = Date.now() + 20_000;
    for (;;) {
      const found = readdirSync(volumes)
        .map((volume) => join(volumes, volume, name))
        .find((file) => existsSync(file));
      const text = found === undefined ? "" : readFileSync(found, "utf8");
      if (text !== "" || Date.now() > deadline) return text;
      await sleep(100);
    }
  }

  async function phase(wanted: string): Promise<void> {
    const key = sessionKey("kasm-vdi", "desktop");
    await waitForObject<Session>(client, key, (session) => session?.status?.phase === wanted, { timeoutMs: 60_000 });
  }
});

function linkIn(output: string): string {
  const [found] = /https:\S+vdi_token=\S+/.exec(output) ?? [];
  if (found === undefined) throw new Error(`no link in: ${output}`);
  return found;
}

/** What somebody gets who has no cookie. The name leads to this machine, as browsers know by themselves. */
function statusOf(address: string): Promise<number | undefined> {
  const { hostname, port, pathname, search } = new URL(address);
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        ...{ host: "127.0.0.1", port, path: `${pathname}${search}`, servername: hostname, rejectUnauthorized: false },
        headers: { host: `${hostname}:${port}`, accept: "text/html" },
      },
      (answer) => resolve((answer.resume(), answer.statusCode)),
    );
    asked.once("error", reject).end();
  });
}

function commandOf(pid: string): string[] {
  try {
    return [readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ")];
  } catch {
    return [];
  }
}

function distance(one: string, other: string): number {
  const [first, second] = [one, other].map((text) => text.split(",").map(Number));
  return Math.max(...(first ?? []).map((value, index) => Math.abs(value - (second?.[index] ?? 0))));
}
