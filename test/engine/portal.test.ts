import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CustomObjectsApi } from "@kubernetes/client-node";
import { expect } from "chai";
import { z } from "zod";
import { processFigures } from "../../bench/process-figures.ts";
import { startPortalBundle } from "../../bench/portal-bundle.ts";
import { ClusterClient, loadKubeConfig, statusCode } from "../../kube/client.ts";
import type { AnyObject } from "../../kube/client.ts";
import type { Ports } from "../../lab/cluster/ports.ts";
import { readRunRecord } from "../../lab/cluster/run-record.ts";
import { readPorts } from "../../lab/cluster/state.ts";
import { labPortalUrl } from "../../lab/operator/portal.ts";
import { startOperator } from "../../lab/operator/start.ts";
import { serviceAccountToken } from "../../lab/operator/service-account-token.ts";
import { labStackFile, readStackConfig } from "../../lab/platform/stack-config.ts";
import { apiVersion } from "../../operator/api/objects.ts";
import type { VDISession } from "../../operator/api/objects.ts";
import { homeName } from "../../operator/resources/names.ts";
import { recordName } from "../../portal/cluster/record.ts";
import { linkAnswer, meAnswer, overview, problemAnswer, sessionView, templateView } from "../../portal/api/schemas.ts";
import { restartApiServer } from "./api-server-restart.ts";
import { demoSession } from "./demo-session.ts";
import { checkout } from "./lab-stack.ts";
import { layout } from "./operator-fixture.ts";
import { PortalBrowser } from "./portal-browser.ts";
import type { BrowserAnswer } from "./portal-browser.ts";

/** The portal that `npm run lab` starts, at a real API server, with the operator's and the gateway's answers. */
describe("the portal on the lab", function () {
  this.timeout(180_000);
  const config = loadKubeConfig({ file: layout.kubeconfig });
  const cluster = new ClusterClient(config);
  const origin = labPortalUrl(readPorts(layout) as Ports);
  const [alice, bob, carol] = [1, 2, 3].map(() => new PortalBrowser(origin)) as [
    PortalBrowser,
    PortalBrowser,
    PortalBrowser,
  ];
  const name = `portal-test-${process.pid}`;
  let namespace: string;

  const status = async (browser: PortalBrowser, path: string) =>
    (await browser.ask("GET", `/api/v1/sessions/${path}`)).json(sessionView);
  async function until(browser: PortalBrowser, isThere: (view: z.infer<typeof sessionView>) => boolean, of = name) {
    for (let tries = 0; tries < 600; tries++) {
      const view = await status(browser, of);
      if (isThere(view)) return view;
      // Asked so that the limit of one person's requests is kept.
      await sleep(150);
    }
    throw new Error(`${of} does not come to it: ${JSON.stringify(await status(browser, of))}`);
  }

  before(async () => {
    ({
      namespaces: { vdi: namespace },
    } = await readStackConfig(labStackFile(checkout)));
    await Promise.all([demoSession(checkout), ...[alice.signIn("alice"), bob.signIn("bob"), carol.signIn("carol")]]);
  });
  after(async () => {
    for (const browser of [alice, bob, carol]) browser.close();
    const made = (await cluster.list(apiVersion, "VDISession", { namespace })).filter((it) =>
      it.metadata?.name?.startsWith(name),
    );
    for (const { metadata } of made)
      await cluster.delete({ apiVersion, kind: "VDISession", metadata: { name: metadata?.name ?? "", namespace } });
    const home = { name: homeName("alice@example.com"), namespace };
    await cluster.delete({ apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: home });
    await config.close();
  });

  it("signs people in by OpenID Connect, with their groups", async () => {
    const me = async (browser: PortalBrowser) => (await browser.ask("GET", "/api/v1/me")).json(meAnswer);
    expect(await me(alice)).to.deep.include({
      user: "alice@example.com",
      groups: ["designers"],
      isAdmin: false,
      signIn: "oidc",
    });
    expect(await me(carol)).to.deep.include({ user: "carol@example.com", isAdmin: true });
    expect((await new PortalBrowser(origin).ask("GET", "/api/v1/me")).status).to.equal(401);
  });

  it("leads back to the page that somebody wanted, and never to another site", async () => {
    expect(await new PortalBrowser(origin).signIn("bob", "/sessions/x")).to.equal(`${origin}/sessions/x`);
    for (const path of ["https://evil.example.com/", "//evil.example.com/", "/\\evil.example.com"])
      expect(await new PortalBrowser(origin).signIn("bob", path), path).to.equal(`${origin}/`);
  });

  it("does not sign in whoever is sent an answer of the issuer that she did not ask for", async () => {
    const attacker = new PortalBrowser(origin);
    let url = (await attacker.navigate("GET", `${origin}/sign-in/begin`)).location ?? "";
    for (let steps = 0; steps < 10 && !url.startsWith(`${origin}/sign-in/callback`); steps++) {
      const answer = await attacker.navigate("GET", url);
      const [, action] = /action="([^"]+)"/.exec(answer.body) ?? [];
      const next =
        action === undefined ? answer : await attacker.navigate("POST", new URL(action, url).href, "login=bob");
      url = new URL(next.location ?? "", url).href;
    }
    expect(url).to.include("code=");
    const victim = new PortalBrowser(origin);
    expect((await victim.navigate("GET", url)).location).to.equal("/?sign-in=again");
    expect((await victim.ask("GET", "/api/v1/me")).status).to.equal(401);
  });

  it("starts a desktop, tells of each step as it comes, and is ready with the operator's own word", async () => {
    const templates = (await alice.ask("GET", "/api/v1/templates")).json(z.array(templateView));
    expect(templates.find((it) => it.name === "ubuntu-gpu")?.free?.now).to.be.greaterThan(0);
    const stream = await alice.follow();
    await stream.until(/^event: state/m);
    const made = await alice.ask("POST", "/api/v1/sessions", { template: "ubuntu-gpu", name });
    expect([made.status, made.json(sessionView).user]).to.deep.equal([201, "alice@example.com"]);
    await stream.until(new RegExp(`event: session\\ndata: .*"name":"${name}".*"isReady":true`));
    const steps = [...stream.text.matchAll(/^data: (.*)$/gm)]
      .map(([, data]) => data!)
      .filter((it) => it.includes(name));
    // What happens at once may be told at once.
    expect(steps.length).to.be.at.least(2);
    const view = await status(alice, name);
    expect(view.conditions.map(({ type }) => type)).to.include.members(["Ready", "PodScheduled", "HomeBound"]);
    expect(view.conditions.every(({ since }) => !Number.isNaN(Date.parse(since)))).to.equal(true);
    const after = (await alice.ask("GET", "/api/v1/templates")).json(z.array(templateView));
    const free = (all: typeof templates) => all.find((it) => it.name === "ubuntu-gpu")?.free?.now ?? -1;
    expect(free(after)).to.equal(free(templates) - 1);
    stream.end();
  });

  it("shows a second person none of it, and an administrator all", async () => {
    const names = async (browser: PortalBrowser, query = "") =>
      (await browser.ask("GET", `/api/v1/sessions${query}`)).json(z.array(sessionView)).map((it) => it.name);
    expect(await names(bob)).not.to.include(name);
    expect(await names(carol, "?all=true")).to.include.members([name, "demo"]);
    for (const [method, path, body] of [
      ...[
        ["GET", ""],
        ["DELETE", ""],
        ["POST", "/suspend"],
        ["POST", "/link"],
        ["POST", "/extend", { minutes: 60 }],
      ],
    ] as [string, string, object?][]) {
      const answer = await bob.ask(method, `/api/v1/sessions/${name}${path}`, body);
      expect(answer.status, `${method} ${path}`).to.equal(404);
      expect(answer.json(problemAnswer).detail).to.equal(`There is no session ${name} of yours.`);
    }
    expect((await bob.ask("GET", "/api/v1/admin/overview")).status).to.equal(403);
    const seen = (await carol.ask("GET", "/api/v1/admin/overview")).json(overview);
    const holders = seen.nodes.flatMap(({ resources }) => resources.flatMap((it) => it.holders));
    expect(holders.find(({ session }) => session === name)?.user).to.equal("alice@example.com");
    const his = await bob.follow();
    await his.until(/^event: state/m);
    expect(his.text).not.to.include(name);
    his.end();
  });

  it("gives a link of the gateway's to its user when she asks, and to no administrator", async () => {
    const link = (await alice.ask("POST", `/api/v1/sessions/${name}/link`)).json(linkAnswer);
    expect(new URL(link.url).searchParams.get("vdi_token")).to.match(/^[0-9a-z]+\./);
    expect(Date.parse(link.expiresAt) - Date.now()).to.be.within(1_000, 90_000);
    expect((await carol.ask("POST", `/api/v1/sessions/${name}/link`)).status).to.equal(403);
  });

  it("suspends, resumes and extends", async () => {
    expect((await alice.ask("POST", `/api/v1/sessions/${name}/suspend`)).json(sessionView).wanted).to.equal(
      "Suspended",
    );
    await until(alice, ({ state }) => state === "Suspended");
    await alice.ask("POST", `/api/v1/sessions/${name}/resume`);
    await until(alice, ({ isReady }) => isReady);
    const before = await status(alice, name);
    expect(
      (await alice.ask("POST", `/api/v1/sessions/${name}/extend`, { minutes: 60 })).json(sessionView).timeout,
    ).to.equal("540m");
    const later = await until(alice, ({ expiresAt }) => expiresAt !== before.expiresAt);
    expect(Date.parse(later.expiresAt ?? "") - Date.parse(before.expiresAt ?? "")).to.equal(3_600_000);
  });

  it("restarts: the desktop ends, and starts anew by itself", async () => {
    const before = await status(alice, name);
    expect((await alice.ask("POST", `/api/v1/sessions/${name}/restart`)).json(sessionView).wanted).to.equal(
      "Suspended",
    );
    const after = await until(alice, (it) => it.isReady && it.startedAt !== before.startedAt);
    expect(after.wanted).to.equal("Running");
    const templates = (await alice.ask("GET", "/api/v1/templates")).json(z.array(templateView));
    expect(templates.find((it) => it.name === "ubuntu-gpu")?.usualStartSeconds).to.be.within(0, 60);
  });

  it("takes the word of whoever is still there, and changes nothing else of the idle time", async () => {
    expect((await alice.ask("POST", `/api/v1/sessions/${name}/stay`)).status).to.equal(409);
    const idle = { after: "30m", action: "Suspend", warnBefore: "5m" };
    const key = { apiVersion, kind: "VDISession", metadata: { name, namespace } };
    await cluster.mergePatch({ ...key, spec: { idle } }, "engine-test");
    const stay = () => alice.ask("POST", `/api/v1/sessions/${name}/stay`);
    for (let tries = 0; tries < 50 && (await stay()).status === 409; tries++) await sleep(150);
    const { presentAt, ...rest } = ((await cluster.get(key)) as unknown as VDISession).spec.idle ?? {};
    expect(rest).to.deep.equal(idle);
    expect(Date.now() - Date.parse(presentAt ?? "")).to.be.within(-2_000, 60_000);
  });

  it("tells why a desktop cannot be had, in the words of the API server and the operator", async () => {
    const none = await alice.ask("POST", "/api/v1/sessions", {
      template: "webtop",
      name: `${name}-a`,
      resources: { cpu: "nonsense" },
    });
    expect([none.status, none.json(problemAnswer).detail]).to.satisfy(
      ([code, detail]: [number, string]) => code === 422 && detail.includes("not a quantity"),
    );
    expect((await alice.ask("POST", "/api/v1/sessions", { template: "webtop", name })).status).to.equal(409);
    const second = await alice.ask("POST", "/api/v1/sessions", { template: "webtop", name: `${name}-b` });
    expect(second.status).to.equal(201);
    const waiting = await until(alice, ({ message }) => message?.includes(name) === true, `${name}-b`);
    expect(waiting.isReady).to.equal(false);
    await alice.ask("DELETE", `/api/v1/sessions/${name}-b`);
  });

  it("refuses forged and other browsers' cookies, foreign pages and headers of a sign-in that is not there", async () => {
    const forger = new PortalBrowser(origin);
    const { host } = new URL(origin);
    for (const value of [
      "",
      "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..AAAA.AAAA.AAAA",
      alice.cookies.get(host)!.get("__Host-portal-renewal")!,
    ]) {
      forger.cookies.set(host, new Map([["__Host-portal", value]]));
      expect((await forger.ask("GET", "/api/v1/me")).status).to.equal(401);
    }
    forger.cookies.clear();
    for (const header of ["x-forwarded-user", "x-auth-request-email", "x-remote-user", "impersonate-user"])
      expect((await forger.ask("GET", "/api/v1/me", undefined, { [header]: "carol@example.com" })).status).to.equal(
        401,
      );
    for (const from of ["https://desktop.desktops.lab.localhost", "null", "http://127.0.0.1"]) {
      const answer = await alice.ask("POST", `/api/v1/sessions/${name}/suspend`, undefined, {
        origin: from,
        "sec-fetch-site": "same-site",
      });
      expect(answer.status, from).to.equal(403);
    }
    expect((await status(alice, name)).wanted).to.equal("Running");
  });

  it("shows names as they are: nothing in them becomes part of a page or an event", async () => {
    const nasty = "<img src=x onerror=alert(1)>\n\nevent: gone";
    const templateName = `${name}-nasty`;
    const image = "ghcr.io/example/desktop:1.0.0";
    const spec = { image, runtime: { type: "selkies-v2" }, displayName: nasty, description: nasty };
    await cluster.create({ apiVersion, kind: "VDITemplate", metadata: { name: templateName }, spec });
    try {
      const listed = async () => (await alice.ask("GET", "/api/v1/templates")).json(z.array(templateView));
      for (let tries = 0; tries < 50 && !(await listed()).some((it) => it.name === templateName); tries++)
        await sleep(150);
      expect((await listed()).find((it) => it.name === templateName)?.title).to.equal(nasty);
      const stream = await alice.follow();
      await stream.until(/^event: state/m);
      expect(stream.text).not.to.match(/^event: gone/m);
      stream.end();
    } finally {
      await cluster.delete({ apiVersion, kind: "VDITemplate", metadata: { name: templateName } });
    }
  });

  it("opens no more than a few of 1,000 event streams of one person, keeps its memory, and serves others meanwhile", async () => {
    const rssMiB = () => processFigures(readRunRecord(layout, "portal")!.pid).rssMiB;
    const before = rssMiB();
    const greedy = new PortalBrowser(origin);
    await greedy.signIn("bob");
    const answers = new Map<number, number>();
    for (let batch = 0; batch < 10; batch++)
      for (const { status: code } of await Promise.all(Array.from({ length: 100 }, () => greedy.follow())))
        answers.set(code, (answers.get(code) ?? 0) + 1);
    expect([...answers.keys()].sort()).to.deep.equal([200, 429]);
    expect(answers.get(200)).to.be.at.most(12);
    expect(rssMiB() - before).to.be.below(50);
    const hers = await alice.follow();
    await hers.until(/^event: state/m);
    hers.end();
    greedy.close();
  });

  it("answers programs by tokens of the cluster, each with what its account owns", async () => {
    const token = await serviceAccountToken(cluster, { namespace, name: "default" }, { seconds: 600 });
    const program = new PortalBrowser(origin);
    const headers = { authorization: `Bearer ${token}` };
    expect((await program.ask("GET", "/api/v1/me", undefined, headers)).json(meAnswer)).to.deep.include({
      ...{ user: `system:serviceaccount:${namespace}:default`, isAdmin: false, signIn: "token" },
    });
    expect((await program.ask("GET", "/api/v1/sessions", undefined, headers)).json(z.array(sessionView))).to.deep.equal(
      [],
    );
    expect((await program.ask("GET", `/api/v1/sessions/${name}`, undefined, headers)).status).to.equal(404);
  });

  it("has no more rights at the API server than its pages need: the policy says which fields", async () => {
    const token = readFileSync(join(layout.operatorSecrets, "portal-token"), "utf8");
    const own = loadKubeConfig({ file: layout.kubeconfig });
    own.users = own.users.map((user) => ({ name: user.name, token }));
    const portal = new ClusterClient(own);
    const refused = async (work: () => Promise<unknown>) =>
      work().then(
        () => "allowed",
        (error: unknown) => statusCode(error),
      );
    const session = (metadata: object, spec: object): AnyObject => ({
      ...{ apiVersion, kind: "VDISession", metadata: { name, namespace, ...metadata }, spec },
    });
    expect(await refused(() => portal.mergePatch(session({}, { groups: ["vdi-admins"] })))).to.equal(403);
    expect(await refused(() => portal.mergePatch(session({}, { idle: { after: "24h" } })))).to.equal(403);
    expect(await refused(() => portal.mergePatch(session({}, { idle: null })))).to.equal(403);
    expect(await refused(() => portal.mergePatch(session({ finalizers: ["example.com/mine"] }, {})))).to.equal(403);
    expect(await refused(() => portal.mergePatch(session({ labels: { a: "b" } }, {})))).to.equal(403);
    const anew = { name: `${name}-own`, ownerReferences: [{ apiVersion: "v1", kind: "Pod", name: "x", uid: "y" }] };
    expect(await refused(() => portal.create(session(anew, { user: "bob@example.com", template: "webtop" })))).to.equal(
      403,
    );
    const key = { apiVersion, kind: "VDISession", metadata: { name, namespace } };
    expect(await refused(() => portal.delete(key, "Orphan"))).to.equal(403);
    const older = { group: "vdi.kasm.io", version: "v1alpha1", plural: "vdisessions", namespace, name };
    const orphaning = { ...older, body: { orphanDependents: true } };
    expect(await refused(() => own.makeApiClient(CustomObjectsApi).deleteNamespacedCustomObject(orphaning))).to.equal(
      403,
    );
    for (const kind of ["Secret", "ConfigMap"])
      expect(await refused(() => portal.list("v1", kind, { namespace })), kind).to.equal(403);
    expect(await refused(() => portal.mergePatch(session({}, { timeout: "541m" })))).to.equal("allowed");
    await own.close();
  });

  it("remembers usage in a ConfigMap of its own, and writes no other", async () => {
    const { namespaces } = await readStackConfig(labStackFile(checkout));
    const record = {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: recordName, namespace: namespaces.operator },
    };
    const usage = async (): Promise<unknown> =>
      JSON.parse(((await cluster.get(record))?.["data"] as { usage?: string }).usage ?? "{}");
    const until: unknown[] = [];
    for (let tries = 0; tries < 80 && new Set(until).size < 2; tries++) {
      until.push(((await usage()) as { countedUntil?: string }).countedUntil);
      await sleep(1_000);
    }
    expect(new Set(until).size).to.equal(2);
    const csv = await carol.ask("GET", "/api/v1/admin/usage.csv");
    expect([csv.status, csv.body.split("\r\n")[0]]).to.deep.equal([200, "month,user,slice_hours"]);
    expect((await alice.ask("GET", "/api/v1/admin/usage.csv")).status).to.equal(403);
    const token = readFileSync(join(layout.operatorSecrets, "portal-token"), "utf8");
    const own = loadKubeConfig({ file: layout.kubeconfig });
    own.users = own.users.map((user) => ({ name: user.name, token }));
    const portal = new ClusterClient(own);
    const other = { ...record, metadata: { ...record.metadata, name: "kube-root-ca.crt" } };
    const refused = await portal
      .mergePatch({ ...other, data: { a: "b" } })
      .catch((error: unknown) => statusCode(error));
    await own.close();
    expect(refused).to.equal(403);
  });

  it("is the same as the bundle that is shipped: pages, sign-in and API from one file", async () => {
    const shipped = await startPortalBundle(layout, cluster);
    try {
      const browser = new PortalBrowser(shipped.origin);
      expect((await browser.navigate("GET", `${browser.origin}/`)).body).to.include('<div id="app">');
      // The cookie of the lab's own portal: no replica keeps anything.
      const { host } = new URL(browser.origin);
      browser.cookies.set(host, new Map(alice.cookies.get(new URL(origin).host)));
      expect((await browser.ask("GET", "/api/v1/me")).json(meAnswer).user).to.equal("alice@example.com");
      expect((await browser.navigate("GET", `${browser.origin}/sign-in/begin`)).location).to.include("/auth?");
    } finally {
      await shipped.end();
    }
  });

  it("loses no start while the API server comes back: it says that this passes, until it is made", async () => {
    const asked = `${name}-back`;
    const body = { template: "webtop", name: asked, home: { enabled: false } };
    const back = restartApiServer(1_000);
    // After the one that was killed.
    await sleep(500);
    const refused = new Map<string, number>();
    let made: BrowserAnswer | undefined;
    for (let tries = 0; tries < 180 && !made; tries++) {
      // Two people, so that neither asks too often.
      const answer = await (tries % 2 === 0 ? alice : bob).ask("POST", "/api/v1/sessions", body);
      if (answer.status === 201) made = answer;
      else {
        const { detail } = answer.json(problemAnswer);
        const said = `${answer.status} ${detail}`;
        refused.set(said, (refused.get(said) ?? 0) + 1);
        await sleep(500);
      }
    }
    await back;
    // An operator whose Lease has run out ends, to be started anew; here there is no kubelet.
    await startOperator(layout);
    expect(made?.status).to.equal(201);
    for (const [said, times] of refused) {
      console.log(`      ${times} times: ${said}`);
      expect(said).to.match(/^503 The cluster does not .* Try again in a moment\./);
    }
  });

  it("deletes, and tells the page", async () => {
    const stream = await alice.follow();
    await stream.until(/^event: state/m);
    expect((await alice.ask("DELETE", `/api/v1/sessions/${name}`)).status).to.equal(204);
    await stream.until(new RegExp(`event: gone\\ndata: {"name":"${name}"}`));
    expect((await alice.ask("GET", `/api/v1/sessions/${name}`)).status).to.equal(404);
    stream.end();
  });

  it("renews the sign-in at the issuer, and signs out", async () => {
    const { host } = new URL(origin);
    const before = alice.cookies.get(host)!.get("__Host-portal");
    alice.cookies.get(host)!.delete("__Host-portal");
    expect((await alice.ask("POST", "/sign-in/renew")).status).to.equal(200);
    expect(alice.cookies.get(host)!.get("__Host-portal")).to.be.a("string").and.not.equal(before);
    expect((await alice.ask("GET", "/api/v1/me")).status).to.equal(200);
    const out = (await alice.ask("POST", "/sign-out")).json(z.object({ location: z.string() }));
    expect(out.location).to.include("/session/end");
    expect(alice.cookies.get(host)?.size).to.equal(0);
    expect((await alice.ask("GET", "/api/v1/me")).status).to.equal(401);
  });
});
