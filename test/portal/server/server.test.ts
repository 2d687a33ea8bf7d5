import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { ApiException } from "@kubernetes/client-node";
import { z } from "zod";
import {
  notices as noticesSchema,
  overview as overviewSchema,
  problemAnswer,
  sessionView,
  templateView,
  usageView,
} from "../../../portal/api/schemas.ts";
import { admin, alice, bob, gpuPod, node, session, template } from "../objects.ts";
import { APortal, origin, proxySecret } from "./a-portal.ts";
import type { PortalAnswer } from "./a-portal.ts";

const apiError = (code: number, reason: string, message: string) =>
  new ApiException(code, "", JSON.stringify({ kind: "Status", reason, message }), {});

describe("the portal's server", () => {
  let portal: APortal;
  const detail = (answer: PortalAnswer) => answer.json(problemAnswer).detail;

  beforeEach(async () => {
    portal = await new APortal([
      ...[session("hers"), session("his", { user: bob.user })],
      ...[template("ubuntu"), template("studio", { allowed: { groups: ["designers"] } })],
      template("gpu", { resources: { default: { gpu: 1 } } }),
      ...[node("a", 2), gpuPod("p", "a", "hers")],
    ]).open();
  });
  afterEach(() => portal.close());

  describe("lets in", () => {
    it("nobody without a sign-in, to nothing of the API but its description", async () => {
      for (const [method, path] of [
        ...[
          ["GET", "/me"],
          ["GET", "/sessions"],
          ["GET", "/events"],
          ["GET", "/templates"],
          ["GET", "/admin/overview"],
        ],
        ...[
          ["POST", "/sessions"],
          ["DELETE", "/sessions/hers"],
          ["POST", "/sessions/hers/link"],
        ],
      ] as [string, string][]) {
        const answer = await portal.ask(method, `/api/v1${path}`);
        expect([answer.status, answer.headers["content-type"]], path).to.deep.equal([401, "application/problem+json"]);
      }
      expect((await portal.ask("GET", "/api/v1/openapi.json")).status).to.equal(200);
    });

    it("no forged or outlived cookie", async () => {
      const good = await portal.cookie(alice);
      expect((await portal.ask("GET", "/api/v1/me", { headers: { cookie: good } })).status).to.equal(200);
      const flipped = good.slice(0, -8) + (good.at(-8) === "A" ? "B" : "A") + good.slice(-7);
      for (const cookie of [
        flipped,
        `__Host-portal=${Buffer.from('{"user":"alice@example.com"}').toString("base64url")}`,
      ])
        expect((await portal.ask("GET", "/api/v1/me", { headers: { cookie } })).status).to.equal(401);
      await portal.clock.advance(3_600_000);
      expect((await portal.ask("GET", "/api/v1/me", { headers: { cookie: good } })).status).to.equal(401);
    });

    it("no header of a sign-in that is not configured", async () => {
      const headers = {
        "x-auth-request-email": admin.user,
        "x-forwarded-user": admin.user,
        "x-remote-user": admin.user,
      };
      expect((await portal.ask("GET", "/api/v1/me", { headers })).status).to.equal(401);
    });

    it("tokens of the cluster, whose administrators are those that RBAC lets act for others", async () => {
      const me = async (token: string) =>
        (await portal.ask("GET", "/api/v1/me", { headers: { authorization: `Bearer ${token}` } })).json(
          z.looseObject({}),
        );
      expect(await me("token-of-system:serviceaccount:ci:bot")).to.deep.include({ isAdmin: false, signIn: "token" });
      expect(await me("token-of-system:serviceaccount:ci:admin")).to.deep.include({ isAdmin: true });
      const unknown = await portal.ask("GET", "/api/v1/me", { headers: { authorization: "Bearer other" } });
      expect(unknown.status).to.equal(401);
    });
  });

  describe("keeps apart", () => {
    it("what is somebody else's from what is one's own, and answers as if it were not there", async () => {
      const list = async (person: typeof alice, query = "") =>
        (await portal.ask("GET", `/api/v1/sessions${query}`, { person }))
          .json(z.array(sessionView))
          .map(({ name }) => name);
      expect(await list(alice)).to.deep.equal(["hers"]);
      expect(await list(bob)).to.deep.equal(["his"]);
      expect(await list(admin)).to.deep.equal([]);
      expect(await list(admin, "?all=true")).to.have.members(["hers", "his"]);
      const missing = detail(await portal.ask("GET", "/api/v1/sessions/none", { person: bob }));
      const actions: [string, string, object?][] = [
        ...["", "/suspend", "/resume", "/restart", "/stay", "/revoke", "/link"].map((it): [string, string] => [
          it === "" ? "DELETE" : "POST",
          it,
        ]),
        ...[["GET", ""] as [string, string], ["POST", "/extend", { minutes: 60 }] as [string, string, object]],
      ];
      for (const [method, path, body] of actions) {
        const answer = await portal.ask(method, `/api/v1/sessions/hers${path}`, { person: bob, ...(body && { body }) });
        expect(answer.status, `${method} ${path}`).to.equal(404);
        expect(detail(answer)).to.equal(missing.replace("none", "hers"));
      }
      expect(portal.written).to.deep.equal([]);
      expect(portal.links).to.deep.equal([]);
    });

    it("administrators from others", async () => {
      for (const path of [
        ...["/admin/overview", "/admin/usage", "/admin/usage.csv", "/sessions?all=true", "/events?all=true"],
      ])
        expect((await portal.ask("GET", `/api/v1${path}`, { person: alice })).status, path).to.equal(403);
      for (const [path, body] of [
        ["message", { text: "mine" }],
        ["message", { text: "mine", user: bob.user }],
        ["templates/ubuntu/off", { reason: "mine" }],
        ["templates/ubuntu/on", undefined],
      ] as const)
        expect(
          (await portal.ask("POST", `/api/v1/admin/${path}`, { person: alice, ...(body && { body }) })).status,
          path,
        ).to.equal(403);
      expect([portal.record.message, portal.record.messages, portal.record.off]).to.deep.equal(["", [], {}]);
      const overview = (await portal.ask("GET", "/api/v1/admin/overview", { person: admin })).json(overviewSchema);
      expect(overview.nodes[0]?.resources[0]?.holders).to.deep.equal([{ pod: "p", session: "hers", user: alice.user }]);
    });

    it("usage from whoever does not administer, and tells it as a table and as a file", async () => {
      const usage = (await portal.ask("GET", "/api/v1/admin/usage", { person: admin })).json(usageView);
      expect(usage.months).to.deep.equal([{ month: "2026-01", users: [{ user: "=bob", hours: 1.5 }] }]);
      const file = await portal.ask("GET", "/api/v1/admin/usage.csv", { person: admin });
      expect([file.headers["content-type"], file.body.split("\r\n")[1]]).to.deep.equal([
        ...["text/csv; charset=utf-8", `2026-01,"'=bob",1.50`],
      ]);
    });

    it("nobody opens another's desktop, administrators neither", async () => {
      const answer = await portal.ask("POST", "/api/v1/sessions/hers/link", { person: admin });
      expect(answer.status).to.equal(403);
      expect(
        (await portal.ask("POST", "/api/v1/sessions/hers/link", { person: alice })).json(z.looseObject({})),
      ).to.deep.equal({
        ...{ url: "https://x.desktops.example.com/?vdi_token=t", expiresAt: "2026-01-01T00:01:00Z" },
      });
      expect(portal.links).to.deep.equal(["hers"]);
    });

    it("templates that are for others from those that one may use, with what is free", async () => {
      const list = async (person: typeof alice) =>
        (await portal.ask("GET", "/api/v1/templates", { person })).json(z.array(templateView));
      expect((await list(bob)).map(({ name }) => name)).to.deep.equal(["gpu", "ubuntu"]);
      expect((await list(alice)).map(({ name }) => name)).to.deep.equal(["gpu", "studio", "ubuntu"]);
      expect((await list(bob))[0]?.free).to.deep.equal({ now: 1, of: 2 });
    });
  });

  describe("changes", () => {
    it("a new session in the name of who asks, with the groups that its template is for", async () => {
      const body = { template: "studio", name: "new", home: { enabled: false } };
      const answer = await portal.ask("POST", "/api/v1/sessions", { person: alice, body });
      expect([answer.status, answer.json(sessionView).name]).to.deep.equal([201, "new"]);
      expect(portal.written[0]?.object).to.deep.equal({
        ...{ apiVersion: "vdi.kasm.io/v1alpha1", kind: "VDISession", metadata: { name: "new", namespace: "kasm-vdi" } },
        spec: { user: alice.user, template: "studio", groups: ["designers"], persistence: { enabled: false } },
      });
      expect(portal.audit).to.deep.equal([{ user: alice.user, action: "create", session: "new" }]);
      const own = (await portal.ask("GET", "/api/v1/sessions", { person: alice })).json(z.array(sessionView));
      expect(
        own.map(({ name }) => name),
        "seen at once, before the watch tells",
      ).to.include("new");
    });

    it("nothing that the request has no field for: user, groups, finalizers", async () => {
      for (const extra of [{ user: "bob" }, { groups: ["vdi-admins"] }, { metadata: {} }, { timeout: "9999h" }]) {
        const answer = await portal.ask("POST", "/api/v1/sessions", {
          person: alice,
          body: { template: "ubuntu", ...extra },
        });
        expect(answer.status, JSON.stringify(extra)).to.equal(400);
      }
      const forOthers = await portal.ask("POST", "/api/v1/sessions", { person: bob, body: { template: "studio" } });
      expect([forOthers.status, detail(forOthers)]).to.deep.equal([
        404,
        "There is no template studio that you may use.",
      ]);
      expect(portal.written).to.deep.equal([]);
    });

    it("the session that was meant, by its uid, and one field of it", async () => {
      const act = (action: string, body?: object) =>
        portal.ask("POST", `/api/v1/sessions/hers/${action}`, { person: alice, ...(body && { body }) });
      for (const action of ["suspend", "resume", "revoke"]) expect((await act(action)).status).to.equal(200);
      expect((await act("extend", { minutes: 90 })).status).to.equal(200);
      expect((await portal.ask("DELETE", "/api/v1/sessions/hers", { person: alice })).status).to.equal(204);
      expect(portal.written.map(({ verb, object }) => [verb, object["spec"]])).to.deep.equal([
        ["patch", { desiredState: "Suspended" }],
        ["patch", { desiredState: "Running" }],
        ["patch", { access: { revokedBefore: "2026-01-01T00:00:00Z" } }],
        ["patch", { timeout: "570m" }],
        ["delete", undefined],
      ]);
      for (const { verb, object, options } of portal.written)
        expect(verb === "delete" ? options : object.metadata).to.deep.include({ uid: "uid-hers" });
    });

    it("a restart as an end and, once that is there, a start; of the same session and no other", async () => {
      const restart = () => portal.ask("POST", "/api/v1/sessions/hers/restart", { person: alice });
      const wishes = () =>
        portal.written.map(({ object }) => (object["spec"] as { desiredState: string }).desiredState);
      expect((await restart()).json(sessionView).wanted).to.equal("Suspended");
      const suspended = session("hers", { desiredState: "Suspended" }, { phase: "Running" });
      portal.change(suspended);
      await portal.clock.advance(1_000);
      expect(wishes()).to.deep.equal(["Suspended"]);
      portal.change({ ...suspended, status: { phase: "Suspended", observedGeneration: 1 } });
      for (let tries = 0; tries < 20 && wishes().length < 2; tries++) {
        await sleep(5);
        await portal.clock.advance(250);
      }
      expect(wishes()).to.deep.equal(["Suspended", "Running"]);
      portal.change(session("hers"));
      await portal.clock.advance(250);
      await restart();
      const anew = {
        ...suspended,
        metadata: { ...suspended.metadata, uid: "another" },
        status: { phase: "Suspended" },
      };
      portal.change(anew);
      await portal.clock.advance(5_000);
      expect(wishes()).to.deep.equal(["Suspended", "Running", "Suspended"]);
    });

    it("that somebody is still there, where that matters", async () => {
      const stay = () => portal.ask("POST", "/api/v1/sessions/hers/stay", { person: alice });
      expect((await stay()).status).to.equal(409);
      portal.change(session("hers", { idle: { after: "30m", action: "Suspend", warnBefore: "5m" } }));
      for (let tries = 0; tries < 20 && (await stay()).status === 409; tries++) await sleep(5);
      expect(portal.written[0]?.object["spec"]).to.deep.equal({ idle: { presentAt: "2026-01-01T00:00:00Z" } });
    });

    it("what an administrator says and switches off, for everybody", async () => {
      const ask = (method: string, path: string, body?: object) =>
        portal.ask(method, `/api/v1/admin/${path}`, { person: admin, ...(body && { body }) });
      expect((await ask("POST", "message", { text: " Maintenance at noon " })).status).to.equal(204);
      expect(portal.record.message).to.equal("Maintenance at noon");
      expect((await ask("POST", "message", { text: "x".repeat(501) })).status).to.equal(400);
      expect((await ask("POST", "templates/ubuntu/off", { reason: "" })).status).to.equal(400);
      expect((await ask("POST", "templates/none/off", { reason: "old" })).status).to.equal(404);
      expect((await ask("POST", "templates/ubuntu/off", { reason: "its image is broken" })).status).to.equal(204);
      const create = () => portal.ask("POST", "/api/v1/sessions", { person: alice, body: { template: "ubuntu" } });
      const refused = await create();
      expect([refused.status, detail(refused)]).to.deep.equal([
        ...[409, "An administrator has switched this template off: its image is broken"],
      ]);
      const templates = (await portal.ask("GET", "/api/v1/templates", { person: alice })).json(z.array(templateView));
      expect(templates.find(({ name }) => name === "ubuntu")?.off).to.deep.equal({ reason: "its image is broken" });
      const { templates: all } = (await ask("GET", "overview")).json(overviewSchema);
      expect(all.filter(({ off }) => off).map(({ name }) => name)).to.deep.equal(["ubuntu"]);
      expect((await ask("POST", "templates/ubuntu/on")).status).to.equal(204);
      expect((await create()).status).to.equal(201);
      expect(portal.audit.slice(0, 3)).to.deep.equal([
        { user: admin.user, action: "message", to: "everybody" },
        { user: admin.user, action: "switch-off", template: "ubuntu" },
        { user: admin.user, action: "switch-on", template: "ubuntu" },
      ]);
    });

    it("what an administrator tells one user, who alone is told and closes it, and nobody else for her", async () => {
      const say = (text: string, user: string) =>
        portal.ask("POST", "/api/v1/admin/message", { person: admin, body: { text, user } });
      const notices = async (person: typeof alice) =>
        (await portal.ask("GET", "/api/v1/notices", { person })).json(noticesSchema);
      const close = (person: typeof alice, text: string) =>
        portal.ask("POST", "/api/v1/notices/close", { person, body: { text } });
      const stream = await portal.stream("/api/v1/events", await portal.cookie(alice));
      const his = await portal.stream("/api/v1/events", await portal.cookie(bob));
      expect((await say(" Save your work ", alice.user)).status).to.equal(204);
      const told = { message: "", ownMessage: "Save your work" };
      for (let tries = 0; tries < 20 && !stream.text.includes("event: notice"); tries++) await sleep(5);
      expect(stream.text).to.include(`event: notice\ndata: ${JSON.stringify(told)}\n`);
      expect(his.text).not.to.include("Save your work");
      expect(await notices(alice)).to.deep.equal({ ...told, isClusterAway: false });
      expect((await notices(bob)).ownMessage).to.equal("");
      const again = await portal.stream("/api/v1/events", await portal.cookie(alice));
      for (let tries = 0; tries < 20 && !again.text.includes("event: state"); tries++) await sleep(5);
      expect(again.text).to.match(/event: state\ndata: .*"ownMessage":"Save your work"/);
      for (const one of [stream, his, again]) one.end();
      const { messages } = (await portal.ask("GET", "/api/v1/admin/overview", { person: admin })).json(overviewSchema);
      expect(messages).to.deep.equal([{ user: alice.user, text: "Save your work" }]);
      await close(bob, "Save your work");
      await close(alice, "What stood there before");
      expect((await notices(alice)).ownMessage).to.equal("Save your work");
      expect((await close(alice, "Save your work")).status).to.equal(204);
      expect((await notices(alice)).ownMessage).to.equal("");
    });

    it("no message that is too long, to nobody, or to more users than there is room for", async () => {
      const say = (body: object) => portal.ask("POST", "/api/v1/admin/message", { person: admin, body });
      expect((await say({ text: "x".repeat(501), user: "bob" })).status).to.equal(400);
      expect((await say({ text: "x", user: " " })).status).to.equal(400);
      expect((await say({ text: "x", user: "x".repeat(255) })).status).to.equal(400);
      for (let index = 0; index < 50; index++) await portal.record.setMessage("x", `user-${index}`);
      const refused = await say({ text: "x", user: "one-more" });
      expect([refused.status, detail(refused)]).to.deep.equal([
        ...[409, "There are messages to 50 users already: take some back."],
      ]);
      expect((await say({ text: "another", user: "user-5" })).status).to.equal(204);
      expect((await say({ text: "", user: "user-6" })).status).to.equal(204);
      expect((await say({ text: "x", user: "one-more" })).status).to.equal(204);
    });

    it("nothing where the API server refuses, with its words; and says when it is away", async () => {
      const create = () =>
        portal.ask("POST", "/api/v1/sessions", { person: alice, body: { template: "ubuntu", name: "n" } });
      portal.failure = apiError(403, "Forbidden", "exceeded quota: sessions");
      expect([(await create()).status, detail(await create())]).to.deep.equal([409, "exceeded quota: sessions"]);
      portal.failure = apiError(422, "Invalid", "spec.resources.cpu: not a quantity");
      expect((await create()).status).to.equal(422);
      portal.failure = apiError(401, "Unauthorized", "token of the portal expired");
      const own = await create();
      expect([own.status, own.body.includes("token")]).to.deep.equal([503, false]);
      portal.failure = new Error("connect ECONNREFUSED 10.43.0.1:443");
      const away = await create();
      expect([away.status, away.headers["retry-after"], away.body.includes("10.43")]).to.deep.equal([503, "5", false]);
    });

    it("nothing yet where the API server has only just started, and says that it passes", async () => {
      const policy = "ValidatingAdmissionPolicy 'vdisession-template.vdi.kasm.io'";
      const denied = `vdisessions.vdi.kasm.io "n" is forbidden: ${policy} with binding 'b' denied request: `;
      const account = 'User "system:serviceaccount:kasm-vdi-system:kasm-portal"';
      // What it was seen to say.
      for (const [code, reason, message] of [
        [422, "Invalid", `${denied}failed to configure binding: paramKind kind \`&ParamKind{}\` not yet synced`],
        [422, "Invalid", `${denied}failed to configure policy: failed to find resource referenced by paramKind`],
        [403, "Forbidden", `vdisessions.vdi.kasm.io is forbidden: ${account} cannot create resource "vdisessions"`],
        [403, "Forbidden", `vdisessions.vdi.kasm.io "hers" is forbidden: ${account} cannot patch resource`],
      ] as const) {
        portal.failure = apiError(code, reason, message);
        for (const [path, body] of [
          ["sessions", { template: "ubuntu", name: "n" }],
          ["sessions/hers/suspend", undefined],
        ] as const) {
          const answer = await portal.ask("POST", `/api/v1/${path}`, { person: alice, ...(body && { body }) });
          expect([answer.status, answer.headers["retry-after"]], message).to.deep.equal([503, "5"]);
          expect(detail(answer)).to.equal(
            "The cluster does not take changes from the portal just now, as when it has only just started; desktops that run go on. " +
              "Try again in a moment. If this stays so, tell your administrator.",
          );
        }
        expect(portal.warnings.at(-1)).to.equal(`the API server refuses the portal: ${message}`);
      }
      portal.failure = apiError(403, "Forbidden", `${denied}the template is for others`);
      const refused = await portal.ask("POST", "/api/v1/sessions/hers/suspend", { person: alice });
      expect([refused.status, detail(refused)]).to.deep.equal([403, `${denied}the template is for others`]);
    });
  });

  describe("refuses what comes from other pages", () => {
    it("changes without the portal's own Origin, be it missing, another desktop's or null", async () => {
      const foreign: Record<string, string | string[] | undefined>[] = [
        { origin: undefined, "sec-fetch-site": undefined },
        { origin: "https://x.desktops.example.com", "sec-fetch-site": "same-site" },
        { origin: "null", "sec-fetch-site": "cross-site" },
        { origin: "https://x.desktops.example.com", "sec-fetch-site": undefined },
        { origin: `${origin}.evil.example.com`, "sec-fetch-site": undefined },
        { origin: origin, "sec-fetch-site": "same-site" },
        { origin: undefined, "sec-fetch-site": "none" },
      ];
      for (const headers of foreign) {
        const answer = await portal.ask("POST", "/api/v1/sessions/hers/suspend", { person: alice, headers });
        expect(answer.status, JSON.stringify(headers)).to.equal(403);
      }
      expect(portal.written).to.deep.equal([]);
    });

    it("forms of other pages, which cannot send JSON", async () => {
      const headers = { "content-type": "text/plain" };
      const answer = await portal.ask("POST", "/api/v1/sessions", {
        person: alice,
        body: { template: "ubuntu" },
        headers,
      });
      expect(answer.status).to.equal(415);
    });

    it("reading, also of streams; what programs and the address bar ask for is read", async () => {
      const read = async (site: string | undefined) =>
        (
          await portal.ask("GET", "/api/v1/me", {
            person: alice,
            headers: { origin: undefined, "sec-fetch-site": site },
          })
        ).status;
      expect([await read("same-site"), await read("cross-site")]).to.deep.equal([403, 403]);
      expect([await read(undefined), await read("none"), await read("same-origin")]).to.deep.equal([200, 200, 200]);
    });

    it("but not tokens, which no browser adds", async () => {
      const headers = {
        authorization: "Bearer token-of-alice@example.com",
        origin: undefined,
        "sec-fetch-site": undefined,
      };
      expect((await portal.ask("POST", "/api/v1/sessions/hers/suspend", { headers })).status).to.equal(200);
    });
  });

  it("shields every answer: no code from elsewhere, no frame, no type guessed", async () => {
    for (const path of ["/", "/sessions/hers", "/api/v1/me", "/none", "/sign-in/begin"]) {
      const { headers } = await portal.ask("GET", path);
      expect(headers["content-security-policy"], path)
        .to.include("default-src 'none'")
        .and.include("script-src 'self'")
        .and.include("frame-ancestors 'none'")
        .and.not.include("unsafe");
      expect(headers, path).to.include({ "x-frame-options": "DENY", "x-content-type-options": "nosniff" });
      expect(headers, path).to.include({
        "cross-origin-resource-policy": "same-origin",
        "referrer-policy": "no-referrer",
      });
      expect(headers["access-control-allow-origin"], path).to.equal(undefined);
    }
  });

  it("serves pages compressed, its files for ever and the page itself anew each time", async () => {
    const page = await portal.ask("GET", "/");
    const [, script = ""] = /src="([^"]+)"/.exec(page.body) ?? [];
    expect(page.body).not.to.match(/<script(?! type="module" src=)|<style|style=|\son\w+=/);
    expect(page.headers["cache-control"]).to.equal("no-cache");
    const file = await portal.ask("GET", script, { headers: { "accept-encoding": "gzip, br" } });
    expect(file.headers).to.include({
      "content-encoding": "br",
      "cache-control": "public, max-age=31536000, immutable",
    });
    expect((await portal.ask("GET", "/assets/../main.ts")).status).to.equal(404);
    expect((await portal.ask("POST", "/")).status).to.equal(405);
  });

  it("limits how often one person asks, and leaves others alone", async () => {
    const statuses: number[] = [];
    for (let count = 0; count < 24; count++)
      statuses.push((await portal.ask("POST", "/api/v1/sessions/hers/resume", { person: alice })).status);
    expect(statuses.filter((it) => it === 200)).to.have.length(20);
    expect(statuses.at(-1)).to.equal(429);
    expect((await portal.ask("POST", "/api/v1/sessions/his/resume", { person: bob })).status).to.equal(200);
    await portal.clock.advance(1_000);
    expect((await portal.ask("POST", "/api/v1/sessions/hers/resume", { person: alice })).status).to.equal(200);
  });

  describe("limits strangers", () => {
    const from = (address: string, more: object = {}) => ({ headers: { "x-real-ip": address, ...more } });
    const begin = (address: string) => portal.ask("GET", "/sign-in/begin", from(address));
    const cookiesOf = ({ headers }: PortalAnswer) =>
      ((headers["set-cookie"] ?? []) as string[]).map((it) => it.split(";")[0]).join("; ");
    const signIn = async (address: string, user: string) => {
      const flow = cookiesOf(await begin(address));
      const back = await portal.ask("GET", `/sign-in/callback?code=of:${user}`, from(address, { cookie: flow }));
      return { flow, cookie: cookiesOf(back) };
    };
    /** Asks until it is refused. */
    const empty = async (ask: () => Promise<PortalAnswer>) => {
      for (let count = 0; count < 700; count++) if ((await ask()).status === 429) return;
      throw new Error("it is never refused");
    };

    it("by address, and nobody with them who has signed in or is about to", async () => {
      const { cookie } = await signIn("203.0.113.1", alice.user);
      const flow = cookiesOf(await begin("203.0.113.1"));
      // Old enough to be asked for.
      await portal.clock.advance(60_000);
      await empty(() => begin("203.0.113.1"));
      expect((await portal.ask("POST", "/sign-in/renew", from("203.0.113.1", { cookie }))).status).to.equal(200);
      expect(portal.askedIssuer.at(-1)).to.equal(`of:${alice.user}`);
      expect((await portal.ask("GET", "/api/v1/me", from("203.0.113.1", { cookie }))).status).to.equal(200);
      const back = await portal.ask(
        "GET",
        `/sign-in/callback?code=of:${bob.user}`,
        from("203.0.113.1", { cookie: flow }),
      );
      expect([back.status, back.headers["location"]]).to.deep.equal([303, "/"]);
      expect((await portal.ask("POST", "/sign-out", from("203.0.113.1", { cookie }))).status).to.equal(200);
      expect((await begin("203.0.113.2")).status).to.equal(303);
      const forged = { "x-forwarded-for": "198.51.100.1, 203.0.113.1" };
      expect((await portal.ask("GET", "/sign-in/begin", from("203.0.113.1", forged))).status).to.equal(429);
      const waited = (await begin("203.0.113.1")).headers["retry-after"];
      expect(waited).to.equal("1");
      await portal.clock.advance(1_000);
      expect((await begin("203.0.113.1")).status).to.equal(303);
    });

    it("all together, and still nobody who has signed in or is about to", async () => {
      const { cookie } = await signIn("203.0.113.1", alice.user);
      const flow = cookiesOf(await begin("203.0.113.1"));
      await portal.clock.advance(60_000);
      let asked = 0;
      await empty(() => begin(`198.51.100.${asked++ % 200}`));
      expect((await begin("203.0.113.1")).status).to.equal(429);
      expect((await portal.ask("POST", "/sign-in/renew", from("203.0.113.1", { cookie }))).status).to.equal(200);
      const back = await portal.ask(
        "GET",
        `/sign-in/callback?code=of:${bob.user}`,
        from("203.0.113.1", { cookie: flow }),
      );
      expect(back.status).to.equal(303);
    }).timeout(20_000);

    it("with tokens for themselves, and no program that was known by its token", async () => {
      const me = (address: string, token: string) =>
        portal.ask("GET", "/api/v1/me", from(address, { authorization: `Bearer ${token}` }));
      expect((await me("203.0.113.1", "token-of-ci")).status).to.equal(200);
      await empty(() => me("203.0.113.1", "forged"));
      expect((await me("203.0.113.1", "token-of-other")).status).to.equal(429);
      expect((await me("203.0.113.1", "token-of-ci")).status).to.equal(200);
      expect((await me("203.0.113.2", "token-of-other")).status).to.equal(200);
      expect((await begin("203.0.113.1")).status).to.equal(303);
      expect((await portal.ask("GET", "/api/v1/me", { person: alice, ...from("203.0.113.1") })).status).to.equal(200);
    });

    it("and programs that were known by their tokens, each for itself: also theirs cost a review each time", async () => {
      const me = (token: string) =>
        portal.ask("GET", "/api/v1/me", from("203.0.113.1", { authorization: `Bearer ${token}` }));
      for (const token of ["token-of-ci", "token-of-old"]) expect((await me(token)).status).to.equal(200);
      portal.revoked.add("token-of-old");
      for (const token of ["token-of-ci", "token-of-old"]) {
        portal.reviewed.length = 0;
        for (let count = 0; count < 150; count++) await me(token);
        expect(portal.reviewed.length, token).to.be.within(1, 60);
      }
      expect((await me("token-of-other")).status).to.equal(200);
    });

    it("who bring a token to the sign-in as well: there too it costs a review", async () => {
      const renew = () => portal.ask("POST", "/sign-in/renew", from("203.0.113.1", { authorization: "Bearer forged" }));
      expect((await renew()).status).to.equal(401);
      await empty(renew);
    });

    it("who have begun to a few codes, and people to a few renewals, each for themselves", async () => {
      const { flow, cookie } = await signIn("203.0.113.1", alice.user);
      const other = await signIn("203.0.113.1", bob.user);
      await portal.clock.advance(60_000);
      const show = () => portal.ask("GET", "/sign-in/callback?code=of:nobody", from("203.0.113.1", { cookie: flow }));
      const renew = (its: string) => portal.ask("POST", "/sign-in/renew", from("203.0.113.1", { cookie: its }));
      portal.askedIssuer.length = 0;
      await empty(show);
      await empty(() => renew(cookie));
      expect(portal.askedIssuer.length).to.be.at.most(13);
      expect((await renew(other.cookie)).status).to.equal(200);
      expect((await signIn("203.0.113.1", bob.user)).cookie).to.include("__Host-portal=");
    });
  });

  it("takes no body that is too long or no JSON", async () => {
    const long = { template: "x".repeat(20_000) };
    expect((await portal.ask("POST", "/api/v1/sessions", { person: alice, body: long })).status).to.equal(413);
    expect(
      (await portal.ask("POST", "/api/v1/sessions/hers/extend", { person: alice, body: { minutes: -1 } })).status,
    ).to.equal(400);
    const empty = await portal.ask("POST", "/api/v1/sessions", {
      person: alice,
      headers: { "content-type": "application/json" },
    });
    expect(empty.status).to.equal(400);
  });

  describe("tells of changes", () => {
    const until = async (isThere: () => boolean) => {
      for (let tries = 0; tries < 200 && !isThere(); tries++) await sleep(5);
      expect(isThere()).to.equal(true);
    };

    it("the whole state first, then what happens to one's own sessions, and to nobody else's", async () => {
      const hers = await portal.stream("/api/v1/events", await portal.cookie(alice));
      const his = await portal.stream("/api/v1/events", await portal.cookie(bob));
      await until(() => hers.text.includes("event: state") && his.text.includes("event: state"));
      expect(hers.text).to.include('"name":"hers"').and.not.include('"name":"his"');
      portal.change(session("hers", { desiredState: "Suspended" }, { phase: "Suspended" }));
      await until(() => /event: session\ndata: .*"state":"Suspended"/.test(hers.text));
      portal.change(session("hers"), "DELETED");
      await until(() => hers.text.includes('event: gone\ndata: {"name":"hers"}'));
      portal.change(session("his", { user: bob.user }));
      await until(() => his.text.includes("event: session"));
      expect(his.text).not.to.include("hers");
      for (const stream of [hers, his]) stream.end();
    });

    it("administrators who want it of everybody's", async () => {
      const all = await portal.stream("/api/v1/events?all=true", await portal.cookie(admin));
      await until(() => all.text.includes('"name":"hers"') && all.text.includes('"name":"his"'));
      portal.change(session("his", { user: bob.user }, { phase: "Failed" }));
      await until(() => all.text.includes('"state":"Failed"'));
      all.end();
    });

    it("to so many pages of one person, and no more", async () => {
      const cookie = await portal.cookie(alice);
      const opened = await Promise.all([1, 2, 3, 4].map(() => portal.stream("/api/v1/events", cookie)));
      expect(opened.map(({ status }) => status).sort()).to.deep.equal([200, 200, 200, 429]);
      const other = await portal.stream("/api/v1/events", await portal.cookie(bob));
      expect(other.status).to.equal(200);
      for (const stream of [...opened, other]) stream.end();
    });

    it("nothing in a name that would end a line and begin an event of its own", async () => {
      const cookie = await portal.cookie(alice);
      const stream = await portal.stream("/api/v1/events", cookie);
      portal.change(session("hers", {}, { message: "x\n\nevent: gone\ndata: {}\n\n<script>alert(1)</script>" }));
      await until(() => stream.text.includes("event: session"));
      expect(stream.text).not.to.match(/^event: gone/m);
      stream.end();
    });
  });

  describe("behind a sign-in of the site", () => {
    const how = {
      kind: "header" as const,
      proxySecretFile: "/proxy",
      userHeader: "x-auth-request-email",
      groupsHeader: "x-auth-request-groups",
    };
    let site: APortal;
    beforeEach(async () => (site = await new APortal([session("hers"), template("ubuntu")], how).open()));
    afterEach(() => site.close());
    const own = { "x-vdi-proxy": proxySecret };
    const me = (headers: Record<string, string | string[]>) =>
      site.ask("GET", "/api/v1/me", { headers: { ...own, ...headers } });

    it("knows people by its header, with groups", async () => {
      const answer = await me({ "x-auth-request-email": alice.user, "x-auth-request-groups": "designers, vdi-admins" });
      expect(answer.json(z.looseObject({}))).to.deep.include({
        user: alice.user,
        groups: ["vdi-admins", "designers"],
        isAdmin: true,
        signIn: "header",
      });
    });

    it("believes nobody who does not come by its own route, whoever sends them", async () => {
      const named = { "x-auth-request-email": alice.user };
      for (const given of [undefined, "", "x", `${proxySecret}x`, proxySecret.slice(1), [proxySecret, proxySecret]]) {
        const headers = { ...named, ...(given !== undefined && { "x-vdi-proxy": given }) };
        const answer = await site.ask("GET", "/api/v1/me", { headers });
        expect(answer.status, String(given)).to.equal(401);
        expect(detail(answer)).to.equal("Nobody is signed in: this request did not come by the portal's own route.");
        expect(answer.body).not.to.include(proxySecret);
      }
      const change = { headers: { ...named, "x-vdi-proxy": "x" } };
      expect((await site.ask("POST", "/api/v1/sessions/hers/suspend", change)).status).to.equal(401);
      expect(site.written).to.deep.equal([]);
      expect((await me(named)).status).to.equal(200);
    });

    it("knows programs by their tokens also where they do not come by its route", async () => {
      const headers = { authorization: "Bearer token-of-ci" };
      expect((await site.ask("GET", "/api/v1/me", { headers })).status).to.equal(200);
    });

    it("believes no header that is there twice, and none that names Kubernetes' own", async () => {
      expect((await me({ "x-auth-request-email": [alice.user, admin.user] })).status).to.equal(400);
      expect((await me({ "x-auth-request-email": "system:admin" })).status).to.equal(403);
      expect((await me({ "x-auth-request-email": "" })).status).to.equal(401);
    });

    it("takes no cookie in its place, and has no sign-in of its own", async () => {
      expect((await me({ cookie: await site.cookie(alice) })).status).to.equal(401);
      expect((await site.ask("GET", "/sign-in/begin")).headers).to.include({ location: "/" });
      expect((await site.ask("GET", "/sign-in/callback?code=c&state=s")).status).to.equal(404);
    });

    it("refuses changes from other pages, to which the middleware adds its header as well", async () => {
      const headers = { ...own, "x-auth-request-email": alice.user, origin: "https://x.desktops.example.com" };
      expect((await site.ask("POST", "/api/v1/sessions/hers/suspend", { headers })).status).to.equal(403);
    });
  });
});
