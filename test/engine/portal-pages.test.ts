import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import type { Browser } from "playwright-core";
import { ClusterClient, loadKubeConfig } from "../../kube/client.ts";
import type { AnyObject } from "../../kube/client.ts";
import { stopBeside } from "../../lab/cluster/control-plane.ts";
import type { Ports } from "../../lab/cluster/ports.ts";
import { readRunRecord } from "../../lab/cluster/run-record.ts";
import { readPorts } from "../../lab/cluster/state.ts";
import { labPortalUrl } from "../../lab/operator/portal.ts";
import { startOperator } from "../../lab/operator/start.ts";
import { labStackFile, readStackConfig } from "../../lab/platform/stack-config.ts";
import { apiVersion } from "../../operator/api/objects.ts";
import type { VDISession } from "../../operator/api/objects.ts";
import { homeName } from "../../operator/resources/names.ts";
import { launchChromium, sourcesAway } from "../../lab/desktop/chromium.ts";
import { demoSession } from "./demo-session.ts";
import { checkout } from "./lab-stack.ts";
import { layout } from "./operator-fixture.ts";
import { PortalVisit } from "./portal-visit.ts";

/** The portal's pages in a real browser, with the lab's own portal, operator, gateway and API server. */
describe("the portal in a browser", function () {
  this.timeout(300_000);
  const config = loadKubeConfig({ file: layout.kubeconfig });
  const cluster = new ClusterClient(config);
  const origin = labPortalUrl(readPorts(layout) as Ports);
  const name = `browser-test-${process.pid}`;
  let namespace: string;
  let domain: string;
  let browser: Browser;
  const visits: PortalVisit[] = [];
  let alice: PortalVisit;

  const visit = async (options: Parameters<typeof PortalVisit.begin>[2] = {}) => {
    const begun = await PortalVisit.begin(browser, origin, options);
    visits.push(begun);
    return begun;
  };
  const sessionKey = (of: string) => ({ apiVersion, kind: "VDISession", metadata: { name: of, namespace } });
  const create = (object: AnyObject) => cluster.create(object, { fieldManager: "engine-test" });
  const makeTemplate = (of: string, displayName: string) =>
    create({
      ...{ apiVersion, kind: "VDITemplate", metadata: { name: of } },
      spec: {
        ...{ image: "lab.invalid/desktop:1", runtime: { type: "selkies-v2" }, displayName },
        resources: { default: { gpu: 0, cpu: "10m", memory: "16Mi" } },
        shmSize: "16Mi",
      },
    });
  const dropTemplate = (of: string) => cluster.delete({ apiVersion, kind: "VDITemplate", metadata: { name: of } });

  before(async function () {
    ({
      domain,
      namespaces: { vdi: namespace },
    } = await readStackConfig(labStackFile(checkout)));
    try {
      browser = await launchChromium();
    } catch (error) {
      const away = sourcesAway(error);
      if (away === undefined) throw error;
      console.log(`    skipped: ${away}`);
      this.skip();
    }
    await demoSession(checkout);
    alice = await visit();
  });
  after(async () => {
    for (const one of visits) await one.end().catch(() => undefined);
    await (browser as Browser | undefined)?.close();
    const ours = (all: AnyObject[]) =>
      all.flatMap(({ metadata }) => metadata?.name ?? []).filter((it) => it.startsWith(name));
    for (const of of ours(await cluster.list(apiVersion, "VDISession", { namespace })))
      await cluster.delete(sessionKey(of));
    for (const of of ours(await cluster.list(apiVersion, "VDITemplate"))) await dropTemplate(of);
    const home = { name: homeName("alice@example.com"), namespace };
    await cluster.delete({ apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: home });
    await config.close();
  });

  describe("leads a person", () => {
    it("through the sign-in, back to the page that she wanted", async () => {
      await alice.page.goto(`${origin}/new/ubuntu-gpu`);
      await alice.sees("Sign in to see your desktops.");
      await alice.signIn("alice");
      expect(alice.page.url()).to.equal(`${origin}/new/ubuntu-gpu`);
      await alice.sees(alice.page.getByRole("heading", { name: "Ubuntu desktop with GPU" }));
      await alice.page.getByRole("link", { name: "Desktops", exact: true }).click();
      await alice.sees("You have none yet. Choose one below.");
    });

    it("from the gallery to a desktop, step by step as it comes up", async () => {
      await alice.button("Choose Ubuntu desktop with GPU").click();
      await alice.page.getByLabel("Name (optional)").fill(name);
      await alice.button("Start").click();
      await alice.page.waitForURL(`${origin}/sessions/${name}`);
      await alice.sees(alice.page.getByRole("progressbar"));
      await alice.picture("progress");
      await alice.sees(alice.page.locator(".badge.ready"), 60_000);
      const steps = await alice.page.locator(".steps li.True strong").allTextContents();
      expect(steps).to.include.members(["Desktop", "Place on a node", "Home", "Address"]);
      await alice.sees(/Was ready after \d+ s/);
      expect(await alice.page.title()).to.equal(`${name} · Desktops`);
    });

    it("into the desktop, in a tab of its own that knows nothing of the portal's, by a link that the gateway takes", async () => {
      const { "gateway-access": port } = readPorts(layout) as Ports;
      const asked: URL[] = [];
      const answers: number[] = [];
      // In the place of Traefik, which asks the gateway about each request.
      const ask = ({ host, pathname, search }: URL, cookie: string) =>
        fetch(`http://127.0.0.1:${port}/auth`, {
          redirect: "manual",
          headers: {
            ...{ "x-forwarded-host": host, "x-forwarded-uri": pathname + search, "x-forwarded-method": "GET", cookie },
            ...{ "sec-fetch-site": "none", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" },
          },
        });
      await alice.context.route(`https://*.${domain}/**`, async (route) => {
        const url = new URL(route.request().url());
        asked.push(url);
        const first = await ask(url, "");
        const next = new URL(first.headers.get("location") ?? "", url);
        const cookies = first.headers.getSetCookie().map((it) => it.split(";")[0]);
        const second = await ask(next, cookies.join("; "));
        answers.push(first.status, second.status);
        await route.fulfill({ status: 200, contentType: "text/html", body: `<h1>the desktop at ${next.href}</h1>` });
      });
      const [tab] = await Promise.all([alice.context.waitForEvent("page"), alice.button("Open").click()]);
      const heading = await tab.getByRole("heading").textContent();
      expect(asked[0]?.searchParams.get("vdi_token")).to.be.a("string");
      // The link leads on to the desktop's address, which its cookie opens from then on.
      expect([heading, answers]).to.deep.equal([`the desktop at ${asked[0]?.origin}/`, [302, 200]]);
      expect(await tab.evaluate<boolean>("opener === null")).to.equal(true);
      await tab.close();
    });

    it("to the pause and back, says before what is lost, and gives an hour more", async () => {
      await alice.button("Suspend").click();
      const dialog = alice.page.getByRole("dialog");
      await alice.sees(dialog.getByText("what is not saved is lost"));
      await dialog.getByRole("button", { name: "Cancel" }).click();
      await dialog.waitFor({ state: "hidden" });
      expect(await alice.focused()).to.equal("Suspend");
      await alice.button("Suspend").click();
      await dialog.getByRole("button", { name: "Suspend" }).click();
      await alice.sees(`${name} is being suspended.`);
      await alice.sees(alice.page.locator(".badge.Suspended"), 60_000);
      await alice.button("Resume").click();
      await alice.sees(alice.page.locator(".badge.ready"), 60_000);
      const ends = alice.page.locator("dt", { hasText: "Ends" }).locator("+ dd");
      const before = await ends.textContent();
      await alice.button("One hour more").click();
      await alice.sees(`${name} lives an hour longer.`);
      await alice.sees(alice.page.locator("dt", { hasText: "Ends" }).locator("+ dd", { hasNotText: before ?? "" }));
    });

    it("through a restart, after which it is ready again by itself", async () => {
      await alice.button("Restart").click();
      const dialog = alice.page.getByRole("dialog");
      await alice.sees(dialog.getByText("the desktop starts again by itself"));
      await dialog.getByRole("button", { name: "Restart" }).click();
      await alice.sees(`${name} ends, and starts again by itself.`);
      await alice.sees(/Usually ready after \d+ s/);
      await alice.sees(alice.page.locator(".badge.ready"), 60_000);
    });

    it("by the keyboard alone, from the first page to a desktop and its end", async () => {
      const { page } = alice;
      const keys = `${name}-keys`;
      await alice.goTo("/");
      await page.keyboard.press("Tab");
      expect(await alice.focused()).to.equal("Skip to the content");
      await page.keyboard.press("Enter");
      await alice.tabTo("Choose Webtop");
      await page.keyboard.press("Enter");
      await alice.sees(page.getByRole("heading", { name: "Webtop" }));
      await alice.sees("Your home is in use by");
      await alice.tabTo("name");
      await page.keyboard.type(keys);
      await alice.tabTo("home");
      await page.keyboard.press("Space");
      await alice.tabTo("Start");
      await page.keyboard.press("Enter");
      await page.waitForURL(`${origin}/sessions/${keys}`);
      await alice.sees(page.locator(".badge.ready"), 60_000);
      await alice.tabTo("Delete");
      await page.keyboard.press("Enter");
      await alice.sees("it has no home volume");
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "hidden" });
      expect(await alice.focused()).to.equal("Delete");
      await page.keyboard.press("Enter");
      await page.getByRole("dialog").waitFor();
      await alice.tabTo("Delete");
      await page.keyboard.press("Enter");
      await alice.sees(`The session ${keys} has ended.`, 60_000);
    });
  });

  describe("keeps people apart", () => {
    it("shows a second person none of it", async () => {
      const bob = await (await visit()).signIn("bob");
      await bob.sees("You have none yet. Choose one below.");
      expect(await bob.page.getByRole("link", { name: "Administration" }).count()).to.equal(0);
      await bob.goTo(`/sessions/${name}`);
      await bob.sees(`The session ${name} has ended.`);
      await bob.goTo("/admin");
      await bob.sees("There is no such page");
      expect(bob.faults).to.deep.equal([]);
    });

    it("shows an administrator all, and lets her open nobody else's desktop", async () => {
      const carol = await (await visit()).signIn("carol");
      await carol.page.getByRole("link", { name: "Administration" }).click();
      await carol.sees(carol.page.locator(".slices .held", { hasText: "alice@example.com" }));
      await carol.page.getByLabel(/^Filter/).fill(`alice ${name}`);
      const rows = carol.page.getByRole("region", { name: "All sessions" }).locator("tbody tr");
      await carol.sees(/^1 of \d+$/);
      expect(await rows.count()).to.equal(1);
      await rows.getByRole("button", { name }).click();
      await carol.sees(carol.page.getByRole("heading", { name: new RegExp(name) }));
      expect(await carol.button("Open").count()).to.equal(0);
      expect(await carol.button("Suspend").count()).to.equal(1);
      expect(carol.faults).to.deep.equal([]);
    });
  });

  describe("lets an administrator", () => {
    let carol: PortalVisit;
    before(async () => {
      carol = await (await visit()).signIn("carol");
    });

    it("tell everybody something, on every page and at once", async () => {
      await alice.goTo("/");
      await carol.goTo("/admin");
      const text = carol.page.getByLabel("Text; empty for none");
      await text.fill("Maintenance <b>at noon</b>");
      await carol.button("Show to everybody").click();
      await alice.sees("Maintenance <b>at noon</b>");
      await alice.page.reload();
      await alice.sees("Maintenance <b>at noon</b>");
      await text.fill("");
      await carol.button("Show to everybody").click();
      await alice.page.getByText("Maintenance").waitFor({ state: "hidden" });
    });

    it("tell one user something, whom nobody else sees it with, from the page of their desktop too", async () => {
      const bob = await (await visit()).signIn("bob");
      await alice.goTo("/");
      await carol.goTo("/admin");
      const form = carol.page.locator("form", { hasText: "Show to this user" });
      await form.getByLabel("User").fill("alice@example.com");
      await form.getByLabel("Text").fill("Save <i>your</i> work");
      await form.getByRole("button").click();
      await carol.sees("alice@example.com sees the message on every page until they close it.");
      await alice.sees("Save <i>your</i> work");
      await carol.sees(carol.button("Take back the message to alice@example.com"));
      expect(await carol.violations()).to.deep.equal([]);
      await alice.page.reload();
      await alice.sees("Save <i>your</i> work");
      expect(await alice.violations()).to.deep.equal([]);
      await bob.goTo("/");
      expect(await bob.page.getByText("Save").count()).to.equal(0);
      await alice.button("Close this message").click();
      await alice.page.getByText("A message to you:").waitFor({ state: "hidden" });
      await carol.goTo(`/sessions/${name}`);
      await carol.page.getByLabel("Message to alice@example.com").fill("And once more");
      await carol.button("Show to this user").click();
      await alice.sees("And once more");
      await carol.goTo("/admin");
      await carol.button("Take back the message to alice@example.com").click();
      await alice.page.getByText("And once more").waitFor({ state: "hidden" });
      expect(bob.faults).to.deep.equal([]);
    });

    it("reach also whom no event stream gets through to", async () => {
      const polling = await visit();
      await polling.context.route("**/api/v1/events*", (route) => route.abort());
      await polling.signIn("alice");
      await polling.sees("Changes are asked for every few seconds.");
      await carol.goTo("/admin");
      await carol.page.getByLabel("Text; empty for none").fill("Maintenance at noon");
      await carol.button("Show to everybody").click();
      const form = carol.page.locator("form", { hasText: "Show to this user" });
      await form.getByLabel("User").fill("alice@example.com");
      await form.getByLabel("Text").fill("Save your work");
      await form.getByRole("button").click();
      await polling.sees("Maintenance at noon");
      await polling.sees("Save your work");
      await polling.button("Close this message").click();
      await carol.page.getByLabel("Text; empty for none").fill("");
      await carol.button("Show to everybody").click();
      for (const text of ["Maintenance at noon", "Save your work"])
        await polling.page.getByText(text).waitFor({ state: "hidden" });
      expect(polling.faults).to.deep.equal([]);
    });

    it("switch a template off, with the reason for whoever wanted one, and on again", async () => {
      const title = `Short-lived ${process.pid}`;
      await makeTemplate(`${name}-off`, title);
      await alice.goTo("/");
      await alice.sees(alice.button(`Choose ${title}`));
      await carol.goTo("/admin");
      const entry = carol.page.locator(".plainList > li", { hasText: title });
      await entry.getByLabel("Why, for those who wanted to start one").fill("its image is broken");
      await entry.getByRole("button", { name: `Switch ${title} off` }).click();
      await alice.sees("Switched off by an administrator: its image is broken");
      expect(await alice.button(`Choose ${title}`).count()).to.equal(0);
      await entry.getByRole("button", { name: `Switch ${title} on` }).click();
      await alice.sees(alice.button(`Choose ${title}`));
      await dropTemplate(`${name}-off`);
    });

    it("see who used how many slice hours, also as a file", async () => {
      await carol.goTo("/admin");
      const row = carol.page.locator("tr", { hasText: "demo@example.com" }).locator("td", { hasText: /^\d{4}-\d\d$/ });
      for (let tries = 0; tries < 30 && (await row.count()) === 0; tries++) {
        await sleep(5_000);
        await carol.goTo("/admin");
        await carol.sees(/Counted until|Nothing has been counted yet/);
      }
      expect(await row.count()).to.equal(1);
      for (const caption of [/by month/, /by user in \d{4}-\d\d/])
        expect(await carol.page.locator("figure", { hasText: caption }).locator("meter").count()).to.be.above(0);
      const [file] = await Promise.all([
        carol.page.waitForEvent("download"),
        carol.page.getByRole("link", { name: "As CSV" }).click(),
      ]);
      expect(file.suggestedFilename()).to.equal("usage.csv");
      expect(carol.faults).to.deep.equal([]);
    });
  });

  describe("loses nothing and says what is so", () => {
    it("while other things change: what is typed and ticked stays", async () => {
      await alice.goTo("/new/ubuntu-gpu");
      await alice.page.getByLabel("Name (optional)").fill("half-typed");
      await alice.page.getByLabel("With a GPU slice").uncheck();
      const [change] = await Promise.all([
        alice.page.waitForResponse((answer) => answer.url().endsWith("/api/v1/templates")),
        makeTemplate(`${name}-more`, "One more"),
      ]);
      await change.finished();
      await dropTemplate(`${name}-more`);
      await alice.page.waitForResponse((answer) => answer.url().endsWith("/api/v1/templates"));
      await sleep(200);
      expect(await alice.page.getByLabel("With a GPU slice").isChecked()).to.equal(false);
      expect(await alice.page.getByLabel("Name (optional)").inputValue()).to.equal("half-typed");
    });

    it("when the sign-in has ended: the page comes back with what was typed", async () => {
      const { page, context } = alice;
      const cookies = await context.cookies(origin);
      expect(cookies.map((it) => it.name)).to.include("__Host-portal");
      for (const cookie of ["__Host-portal", "__Host-portal-renewal"]) await context.clearCookies({ name: cookie });
      await alice.button("Start").click();
      await alice.sees("Your sign-in has ended. Your desktops run on");
      await page.getByRole("link", { name: "Sign in" }).click();
      // The issuer still knows her.
      await alice.sees(page.getByLabel("Name (optional)"));
      expect(await page.getByLabel("Name (optional)").inputValue()).to.equal("half-typed");
      expect(await page.getByLabel("With a GPU slice").isChecked()).to.equal(false);
    });

    it("when the template vanishes while its form is open, and when it is back", async () => {
      const gone = `${name}-brief`;
      await makeTemplate(gone, "Brief");
      await alice.goTo("/");
      await alice.button("Choose Brief").click();
      await alice.page.getByLabel("Name (optional)").fill("half-typed");
      await dropTemplate(gone);
      await alice.sees("This template is gone, or not for you any more. Choose another one.");
      await makeTemplate(gone, "Brief");
      await alice.sees(alice.page.getByLabel("Name (optional)"));
      expect(await alice.page.getByLabel("Name (optional)").inputValue()).to.equal("half-typed");
      await dropTemplate(gone);
      await alice.sees("This template is gone");
    });

    it("when the portal is away and comes back", async () => {
      await alice.goTo("/new/webtop");
      await alice.page.getByLabel("Name (optional)").fill("half-typed");
      await stopBeside(layout, "portal");
      try {
        await alice.sees("The portal does not answer. Your desktops run on; what you see may be old.");
        await alice.button("Start").click();
        await alice.sees("The portal does not answer. Try again in a moment.");
      } finally {
        await startOperator(layout);
      }
      await alice.page.getByText("Your desktops run on").waitFor({ state: "hidden", timeout: 40_000 });
      expect(await alice.page.getByLabel("Name (optional)").inputValue()).to.equal("half-typed");
      expect(await alice.page.getByLabel("CPU").inputValue()).to.not.equal("");
    });

    it("when the operator is away: a desktop waits and says for what, and goes on when it is back", async () => {
      const waiting = `${name}-waits`;
      await stopBeside(layout, "operator");
      try {
        await alice.goTo("/new/webtop");
        await alice.page.getByLabel("Name (optional)").fill(waiting);
        await alice.page.getByLabel("Keep my files (home volume)").uncheck();
        await alice.button("Start").click();
        await alice.page.waitForURL(`${origin}/sessions/${waiting}`);
        await alice.sees(/Nothing has happened for \d+ s: the operator does not answer/);
      } finally {
        await startOperator(layout);
      }
      await alice.sees(alice.page.locator(".badge.ready"), 90_000);
      expect(await alice.page.getByText("the operator does not answer").count()).to.equal(0);
      await cluster.delete(sessionKey(waiting));
      await alice.sees(`The session ${waiting} has ended.`, 60_000);
    });

    it("when nobody is connected: page, title and browser warn, and whoever is there says so", async () => {
      const key = sessionKey(name);
      const idle = { after: "30m", action: "Suspend", warnBefore: "5m" };
      await cluster.mergePatch({ ...key, spec: { idle } }, "engine-test");
      await stopBeside(layout, "operator");
      try {
        // Simulated desktops tell nobody's presence: what the operator would have written.
        const { status } = (await cluster.get(key)) as unknown as VDISession;
        const lastTransitionTime = new Date().toISOString().replace(/\.\d+/, "");
        const message = "Nobody has been connected: the desktop is suspended soon.";
        const active = { type: "Active", status: "False", reason: "IdleWarning", message, lastTransitionTime };
        const others = (status?.conditions ?? []).filter(({ type }) => type !== "Active");
        await alice.context.grantPermissions(["notifications"], { origin });
        await alice.page.addInitScript(`
          globalThis.told = [];
          globalThis.Notification = class extends Notification {
            constructor(title, options) { super(title, options); globalThis.told.push(title + ": " + options.body); }
          };`);
        await alice.goTo("/");
        await cluster.mergePatchStatus({ ...key, status: { conditions: [...others, active] } });
        await alice.sees("Nobody is connected: Nobody has been connected: the desktop is suspended soon.");
        expect(await alice.page.title()).to.match(new RegExp(`^⚠ ${name}`));
        expect(await alice.page.evaluate<string[]>("told")).to.deep.equal([`${name}: Nobody is connected: ${message}`]);
        expect(await alice.violations()).to.deep.equal([]);
        await alice.button("I am still here").click();
        await alice.sees(`${name} stays: the idle time counts anew.`);
        await alice.button("I am still here").waitFor({ state: "hidden" });
        const { spec } = (await cluster.get(key)) as unknown as VDISession;
        expect(Date.now() - Date.parse(spec.idle?.presentAt ?? "")).to.be.within(-2_000, 20_000);
      } finally {
        await startOperator(layout);
      }
      await cluster.mergePatch({ ...key, spec: { idle: null } }, "engine-test");
      for (let tries = 0; tries < 100 && (await alice.page.title()).startsWith("⚠"); tries++) await sleep(200);
      expect(await alice.page.title()).to.equal("Desktops");
    });

    it("when the API server is away: what is known stays, what cannot be done says so", async () => {
      await alice.goTo(`/sessions/${name}`);
      const { pid } = readRunRecord(layout, "kube-apiserver")!;
      process.kill(pid, "SIGSTOP");
      try {
        await alice.sees("The cluster does not answer. Desktops that run go on;");
        await alice.button("One hour more").click();
        await alice.sees("The cluster does not answer just now; desktops that run go on. Try again in a moment.");
        await alice.sees(alice.page.locator(".badge.ready"));
      } finally {
        process.kill(pid, "SIGCONT");
        // An operator whose Lease has run out ends, to be started anew; here there is no kubelet.
        await startOperator(layout);
      }
      await alice.page.getByText("The cluster does not answer. Desktops").waitFor({ state: "hidden" });
    });
  });

  describe("bears a crowd", () => {
    it("shows an administrator 500 sessions, and finds one of them at once", async () => {
      const many = Array.from({ length: 500 }, (_, index) => `${name}-many-${index}`);
      const spec = { template: "webtop", desiredState: "Suspended", persistence: { enabled: false } };
      await atOnce(many, (of, index) =>
        create({ ...sessionKey(of), spec: { ...spec, user: `person-${index}@example.com` } }),
      );
      try {
        const carol = await (await visit()).signIn("carol");
        const begun = Date.now();
        await carol.goTo("/admin");
        await carol.sees(/^200 of 50\d$/, 30_000);
        console.log(`      all of them after ${Date.now() - begun} ms`);
        await carol.page.getByLabel(/^Filter/).fill("person-499@");
        await carol.sees(/^1 of 50\d$/, 2_000);
        expect(await carol.page.getByRole("region", { name: "All sessions" }).locator("tbody tr").count()).to.equal(1);
        expect(await carol.overhang()).to.equal(0);
        expect(carol.faults).to.deep.equal([]);
      } finally {
        await atOnce(many, (of) => cluster.delete(sessionKey(of)));
      }
    });
  });

  describe("can be read and used by everybody", () => {
    const paths = { gallery: "/", session: `/sessions/${name}`, form: "/new/ubuntu-gpu", admin: "/admin" };

    for (const colorScheme of ["light", "dark"] as const)
      it(`axe finds nothing to say about any page, ${colorScheme}`, async () => {
        const person = await (await visit({ colorScheme })).signIn("alice");
        const administrator = await (await visit({ colorScheme })).signIn("carol");
        for (const [page, path] of Object.entries(paths)) {
          const seen = page === "admin" ? administrator : person;
          await seen.goTo(path);
          if (page === "admin") await seen.sees(seen.page.locator(".slices").first());
          expect(await seen.violations(), page).to.deep.equal([]);
          await seen.picture(`${page}-${colorScheme}`);
        }
        for (const path of ["/sessions/none", "/new/none", "/admin"]) {
          await person.goTo(path);
          expect(await person.violations(), path).to.deep.equal([]);
        }
        await person.goTo(`/sessions/${name}`);
        await person.button("Delete").click();
        await person.sees(person.page.getByRole("dialog"));
        expect(await person.violations(), "dialog").to.deep.equal([]);
        expect([...person.faults, ...administrator.faults]).to.deep.equal([]);
      });

    for (const [kind, width, height] of [
      ["phone", 320, 700],
      ["wall", 1_920, 1_080],
    ] as const)
      it(`no page is wider than a window of ${width} px`, async () => {
        const viewport = { width, height };
        const person = await (await visit({ viewport })).signIn("alice");
        const administrator = await (await visit({ viewport })).signIn("carol");
        for (const [page, path] of Object.entries(paths)) {
          const seen = page === "admin" ? administrator : person;
          await seen.goTo(path);
          if (page === "admin") await seen.sees(seen.page.locator(".slices").first());
          expect(await seen.overhang(), page).to.equal(0);
          await seen.picture(`${page}-${kind}`);
        }
      });

    it("nothing moves for whoever wants that", async () => {
      const still = await (await visit({ reducedMotion: "reduce" })).signIn("alice");
      const moving = await still.page.evaluate<string[]>(
        `[...document.querySelectorAll("*")].filter((it) => {
          const { transitionDuration, animationName } = getComputedStyle(it);
          return animationName !== "none" || transitionDuration.split(",").some((time) => parseFloat(time) > 0);
        }).map((it) => it.className)`,
      );
      expect(moving).to.deep.equal([]);
    });

    it("speaks German to whoever prefers it, and says so", async () => {
      const german = await (await visit({ locale: "de-DE" })).signIn("alice");
      await german.sees("Ihre Desktops");
      expect(await german.page.evaluate<string>("document.documentElement.lang")).to.equal("de");
      expect(await german.page.getByText(/Choose|Your desktops/).count()).to.equal(0);
    });
  });

  describe("comes to an end", () => {
    it("deletes, signs out, and lets nobody in again without the issuer", async () => {
      await alice.goTo(`/sessions/${name}`);
      await alice.button("Delete").click();
      await alice.sees("Your home volume stays.");
      await alice.page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
      await alice.sees(`The session ${name} has ended.`, 60_000);
      await alice.button("Sign out").click();
      await alice.page.waitForURL((url) => url.pathname.startsWith("/session/end"));
      await alice.page.locator('button[name="logout"]').click();
      await alice.page.waitForURL(`${origin}/`);
      await alice.sees("Sign in to see your desktops.");
      await alice.page.goBack();
      await alice.page.goto(`${origin}/`);
      await alice.sees("Sign in to see your desktops.");
    });

    it("did nothing that its policy forbids, and asked nobody else for anything", () => {
      expect(visits.flatMap(({ faults }) => faults)).to.deep.equal([]);
    });
  });
});

/** Works on all, a few at a time. */
async function atOnce(
  names: readonly string[],
  work: (name: string, index: number) => Promise<unknown>,
): Promise<void> {
  const queue = names.entries();
  const worker = async () => {
    for (const [index, name] of queue) await work(name, index);
  };
  await Promise.all(Array.from({ length: 16 }, worker));
}
