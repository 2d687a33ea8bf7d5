/**
 * `node test/engine/portal-pictures.ts`: takes the pictures of docs/portal.md and the README anew, from the portal of the lab
 * that runs. What it starts there for that, it ends.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ClusterClient, loadKubeConfig } from "../../kube/client.ts";
import type { Ports } from "../../lab/cluster/ports.ts";
import { readRunRecord } from "../../lab/cluster/run-record.ts";
import { readPorts } from "../../lab/cluster/state.ts";
import { labPortalUrl } from "../../lab/operator/portal.ts";
import { labStackFile, readStackConfig } from "../../lab/platform/stack-config.ts";
import { apiVersion } from "../../operator/api/objects.ts";
import { launchChromium } from "../../lab/desktop/chromium.ts";
import { checkout } from "./lab-stack.ts";
import { layout } from "./operator-fixture.ts";
import { PortalVisit } from "./portal-visit.ts";

const images = join(checkout, "docs", "images");
const config = loadKubeConfig({ file: layout.kubeconfig });
const cluster = new ClusterClient(config);
const { namespaces } = await readStackConfig(labStackFile(checkout));
const browser = await launchChromium();
const nodes = readRunRecord(layout, "kwok")!;
const people = { modelling: "alice", notes: "alice", training: "bob", review: "carol" };

try {
  const visits = new Map<string, PortalVisit>();
  for (const login of ["alice", "bob", "carol"]) {
    const begun = await PortalVisit.begin(browser, labPortalUrl(readPorts(layout) as Ports), {
      viewport: { width: 1_180, height: 900 },
    });
    visits.set(login, await begun.signIn(login));
  }
  const take = async (login: string, path: string, name: string) => {
    const visit = visits.get(login)!;
    await visit.goTo(path);
    await visit.page.mouse.move(0, 0);
    if (path === "/admin") await visit.sees(visit.page.locator(".slices .held").first());
    await writeFile(join(images, `portal-${name}.png`), await visit.page.screenshot());
  };
  const start = async (visit: PortalVisit, name: string, form: string) => {
    await visit.goTo(form);
    await visit.page.getByLabel("Name (optional)").fill(name);
    // One home is for one desktop at a time.
    await visit.page.getByLabel("Keep my files (home volume)").uncheck();
    await visit.button("Start").click();
    await visit.page.waitForURL(`**/sessions/${name}`);
  };
  for (const [name, login] of Object.entries(people)) {
    const visit = visits.get(login)!;
    await start(visit, name, name === "notes" ? "/new/webtop" : "/new/ubuntu-gpu");
    await visit.sees(visit.page.locator(".badge.ready"), 60_000);
  }
  await take("carol", "/admin", "admin");
  const alice = visits.get("alice")!;
  await alice.goTo("/sessions/notes");
  await alice.button("Suspend").click();
  await alice.page.getByRole("dialog").getByRole("button", { name: "Suspend" }).click();
  await alice.sees(alice.page.locator(".badge.Suspended"), 60_000);
  await take("alice", "/", "gallery");
  // On the lab a start takes a second: it is seen while the nodes stand still.
  process.kill(nodes.pid, "SIGSTOP");
  await start(alice, "rendering", "/new/ubuntu-gpu");
  await alice.sees(alice.page.locator(".steps li").first(), 60_000);
  await take("alice", "/sessions/rendering", "session");
} finally {
  process.kill(nodes.pid, "SIGCONT");
  await browser.close();
  for (const name of [...Object.keys(people), "rendering"])
    await cluster.delete({ apiVersion, kind: "VDISession", metadata: { name, namespace: namespaces.vdi } });
  await config.close();
}
