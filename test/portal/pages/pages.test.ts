import { expect } from "chai";
import fc from "fast-check";
import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import { TextStore } from "./text-store.ts";
import { gzipSync } from "node:zlib";
import type { Notices, Overview, SessionView, TemplateView } from "../../../portal/api/schemas.ts";
import { buildPages } from "../../../portal/bundle/build-pages.ts";
import { Drafts } from "../../../portal/pages/drafts.ts";
import { Findings, Slices, matches } from "../../../portal/pages/admin.ts";
import type { Shared } from "../../../portal/pages/app.ts";
import type { Connection } from "../../../portal/pages/follow.ts";
import { Frame } from "../../../portal/pages/frame.ts";
import { GalleryPage } from "../../../portal/pages/gallery.ts";
import { NewPage, wantedSession } from "../../../portal/pages/new-desktop.ts";
import { startBegan, startShare } from "../../../portal/pages/progress.ts";
import { UserMessageForm, UserMessages } from "../../../portal/pages/notices.ts";
import { Templates } from "../../../portal/pages/operate.ts";
import { pageOf } from "../../../portal/pages/routes.ts";
import { lossOf, SessionPage } from "../../../portal/pages/session.ts";
import { changed, nothingYet } from "../../../portal/pages/state.ts";
import { byMonth, byUser, UsageRows } from "../../../portal/pages/usage.ts";
import { wordsFor } from "../../../portal/pages/words.ts";

const session = (name: string, more: Partial<SessionView> = {}): SessionView => ({
  ...{ name, user: "alice", template: "ubuntu", title: "Ubuntu", state: "Running", wanted: "Running", isReady: true },
  ...{
    isTakenUp: true,
    conditions: [],
    createdAt: "2026-01-01T00:00:00Z",
    timeout: "8h",
    hasGpu: false,
    version: "10",
  },
  ...more,
});
const template = (name: string, more: Partial<TemplateView> = {}): TemplateView => ({
  ...{ name, title: name, size: { gpu: 0, cpu: "2", memory: "4Gi" }, max: {}, home: {} },
  ...more,
});
const shared = (sessions: SessionView[], templates: TemplateView[] = []): Shared => ({
  words: wordsFor(["en"]),
  me: { user: "alice", groups: [], isAdmin: false, signIn: "oidc", kasmUrl: "https://desktops.example.com" },
  desktops: { ...nothingYet, sessions, templates },
  drafts: new Drafts(new TextStore(), "alice"),
  go: () => undefined,
  say: () => undefined,
  attempt: () => Promise.resolve(),
});

const framed = (notices: Partial<Notices>, connection: Connection = "live") => {
  const { desktops, ...rest } = shared([]);
  const page = { page: { name: "gallery" }, connection, message: "", dismiss: () => undefined } as const;
  return h(Frame, { ...rest, ...page, desktops: { ...desktops, ...notices } });
};

describe("the portal's pages", () => {
  it("show each step of a start with its sentence", () => {
    const starting = session("a", {
      ...{ state: "Creating", isReady: false, message: "waits for a node" },
      conditions: [
        {
          type: "PodScheduled",
          status: "False",
          reason: "GpuSlicesInUse",
          message: "all 8 slices are in use",
          since: "2026-01-01T00:00:00Z",
        },
      ],
    });
    const page = renderToString(h(SessionPage, { ...shared([starting]), name: "a" }));
    expect(page).to.include("waits for a node").and.include("all 8 slices are in use").and.include("Place on a node");
    expect(page).to.match(/<button[^>]*disabled[^>]*>Open</);
    const twice = { ...starting, message: "all 8 slices are in use" };
    const once = renderToString(h(SessionPage, { ...shared([twice]), name: "a" }));
    expect(once.split("all 8 slices are in use").length - 1).to.equal(1);
  });

  it("show what is free, and when the next will be", () => {
    const page = (free: TemplateView["free"]) =>
      renderToString(h(GalleryPage, shared([], [template("gpu", free === undefined ? {} : { free })])));
    expect(page({ now: 3, of: 16 })).to.include("3 of 16 GPU slices free");
    expect(page({ now: 0, of: 16 })).to.include("no GPU slice is free");
    expect(page({ now: 0, of: 16, nextAt: "2026-01-01T09:00:00Z" })).to.include("the next at");
  });

  it("show names of all kinds as text, whatever is in them", () => {
    const nasty = fc.constantFrom(
      ...[
        '<img src=x onerror="alert(1)">',
        "<script>alert(1)</script>",
        '"><svg onload=alert(1)>',
        "'&\"<>",
        "javascript:alert(1)",
      ],
    );
    fc.assert(
      fc.property(nasty, (text) => {
        const one = session("a", {
          user: text,
          title: text,
          message: text,
          isReady: false,
          idleWarning: text,
          node: text,
        });
        const overview: Overview = {
          nodes: [
            {
              name: text,
              isReady: false,
              resources: [{ name: "x/y", total: 1, holders: [{ pod: "p", user: text, session: text }] }],
            },
          ],
          templates: [{ name: "t", title: text, off: { reason: text } }],
          messages: [{ user: text, text }],
          findings: [{ code: "X", level: "failure", object: text, problem: text, fix: [{ text, command: text }] }],
        };
        const usage = {
          countedUntil: "2026-01-01T00:00:00Z",
          months: [{ month: "2026-01", users: [{ user: text, hours: 1 }] }],
        };
        const words = wordsFor(["en"]);
        const pages = [
          renderToString(
            h(
              GalleryPage,
              shared([{ ...one, user: "alice" }], [template("t", { title: text, description: text, problem: text })]),
            ),
          ),
          renderToString(h(SessionPage, { ...shared([one]), name: "a" })),
          renderToString(
            h(NewPage, { ...shared([], [template("t", { title: text, description: text })]), template: "t" }),
          ),
          renderToString(h(Findings, { overview, words })),
          renderToString(h(Slices, { overview, words })),
          renderToString(h(Templates, { ...shared([]), overview, again: () => undefined })),
          renderToString(h(UserMessages, { ...shared([]), overview, again: () => undefined })),
          renderToString(h(UserMessageForm, { ...shared([one]), user: text })),
          renderToString(h(UserMessageForm, shared([one]))),
          renderToString(framed({ message: text, ownMessage: text })),
          renderToString(h(UsageRows, { usage, words })),
        ];
        for (const page of pages) {
          const tags = [...page.matchAll(/<\/?([a-z0-9]+)/gi)].map(([, name]) => name!.toLowerCase());
          expect(tags).not.to.include.members(["script"]);
          expect(tags).not.to.include("svg");
          expect(page).not.to.match(/<img(?! src="data:)/);
          expect(page).not.to.match(/<[^>"']*(?:"[^"]*"[^>"']*|'[^']*'[^>"']*)*\son\w+=/);
        }
      }),
    );
  });

  it("say on every page what administrators tell everybody and whoever is signed in, also while they poll", () => {
    const told = { message: "Maintenance at noon", ownMessage: "Save your work", isClusterAway: true };
    for (const connection of ["live", "polling"] as const) {
      const page = renderToString(framed(told, connection));
      expect(page)
        .to.include("Maintenance at noon")
        .and.match(/A message to you:.*Save your work.*Close this message/);
      expect(page).to.include("The cluster does not answer.");
    }
    expect(renderToString(framed({}))).not.to.match(/A message to you|class="notice/);
  });

  it("draw usage by month, oldest first, and by user of the newest month, and write amounts as their readers do", () => {
    const usage = {
      countedUntil: "2026-02-03T00:00:00Z",
      months: [
        {
          month: "2026-02",
          users: Array.from({ length: 12 }, (_, index) => ({ user: `user-${index}`, hours: 1000.5 - index })),
        },
        { month: "2026-01", users: [{ user: "alice", hours: 2 }] },
      ],
    };
    expect(byMonth(usage)).to.deep.equal([
      { label: "2026-01", hours: 2 },
      { label: "2026-02", hours: 11_940 },
    ]);
    expect(byUser(usage)).to.have.length(10);
    expect(byUser(usage)[0]).to.deep.equal({ label: "user-0", hours: 1000.5 });
    const german = renderToString(h(UsageRows, { usage, words: wordsFor(["de-DE"]) }));
    expect(german).to.contain('<span>2026-02</span><meter min="0" max="11940" value="11940" aria-hidden="true">');
    expect(german).to.contain("<span>1.000,5</span>");
    expect(byUser({ ...usage, months: [] })).to.deep.equal([]);
  });

  it("say what is lost before it is done", () => {
    expect(lossOf({ home: { reclaim: "Delete", size: "1Gi" } }, "delete")).to.equal("confirm.deleteLoses");
    expect(lossOf({ home: { reclaim: "Retain", size: "1Gi" } }, "delete")).to.equal("confirm.deleteKeeps");
    expect(lossOf({}, "delete")).to.equal("confirm.deleteNoHome");
    const home = { reclaim: "Retain", size: "1Gi" } as const;
    expect([lossOf({ home }, "suspend"), lossOf({}, "suspend")]).to.deep.equal([
      ...["confirm.suspendLoses", "confirm.suspendNoHome"],
    ]);
    expect([lossOf({ home }, "restart"), lossOf({}, "restart")]).to.deep.equal([
      ...["confirm.restartLoses", "confirm.restartNoHome"],
    ]);
  });

  it("tell before a start that another desktop has the home, and that a template is gone", () => {
    const busy = session("first", { home: { reclaim: "Retain", size: "1Gi" } });
    const page = renderToString(h(NewPage, { ...shared([busy], [template("t")]), template: "t" }));
    expect(page).to.include("Your home is in use by first");
    expect(renderToString(h(NewPage, { ...shared([]), template: "t" }))).to.include("This template is gone");
  });

  it("ask only for what differs from the template, so that a pool can serve it", () => {
    const form = (fields: Record<string, string>) => {
      const data = new FormData();
      for (const [key, value] of Object.entries(fields)) data.set(key, value);
      return data;
    };
    const gpu = template("t", { size: { gpu: 1, cpu: "2", memory: "4Gi" } });
    const standard = { cpu: "2", memory: "4Gi", gpu: "on", home: "on", name: "" };
    expect(wantedSession(gpu, form(standard))).to.deep.equal({ template: "t" });
    expect(wantedSession(gpu, form({ cpu: " 4 ", memory: "4Gi", name: "mine" }))).to.deep.equal({
      ...{ template: "t", name: "mine", resources: { cpu: "4", gpu: 0 }, home: { enabled: false } },
    });
  });

  it("let choose size and storage of a home within what the template gives", () => {
    const classes = template("t", { home: { maxSize: "20Gi", storageClassNames: ["fast", "local-path"] } });
    const page = renderToString(h(NewPage, { ...shared([], [classes]), template: "t" }));
    expect(page).to.include("up to 20Gi").and.include('<option value="fast"');
    const plain = renderToString(h(NewPage, { ...shared([], [template("t")]), template: "t" }));
    expect(plain).not.to.include("<select");
    const data = new FormData();
    const fields = { cpu: "2", memory: "4Gi", home: "on", homeSize: "5Gi", homeClass: "fast" };
    for (const [key, value] of Object.entries(fields)) data.set(key, value);
    expect(wantedSession(classes, data)).to.deep.equal({
      ...{ template: "t", home: { enabled: true, size: "5Gi", storageClassName: "fast" } },
    });
  });

  it("show how far a start is by what starts usually take, and never as done before it is", () => {
    expect(startShare(5, undefined)).to.equal(undefined);
    const shares = [0, 5, 10, 100, 1_000].map((seconds) => startShare(seconds, 10)!);
    expect(shares).to.deep.equal([...shares].sort((a, b) => a - b));
    expect([shares[0], shares[2], shares.at(-1)]).to.deep.equal([0, 0.75, 0.98]);
    const starting = session("a", { isReady: false, state: "Creating" });
    const page = (more: Partial<TemplateView>) =>
      renderToString(h(SessionPage, { ...shared([starting], [template("ubuntu", more)]), name: "a" }));
    expect(page({ usualStartSeconds: 12.4 }))
      .to.include("Usually ready after 12 s")
      .and.match(/<progress[^>]* value=/);
    expect(page({}))
      .to.match(/<progress[^>]*>/)
      .and.not.match(/<progress[^>]* value=/);
  });

  it("count a start from when it began, also that of a pod in another's place, and not from an earlier one", () => {
    const ready = (since: string) => ({ type: "Ready", status: "False", reason: "", message: "", since }) as const;
    const [first, later] = ["2026-01-01T08:00:00Z", "2026-01-01T16:00:00Z"];
    const began = (more: Partial<SessionView>) => startBegan(session("a", { isReady: false, ...more }));
    expect(began({ createdAt: first })).to.equal(first);
    expect(began({ startedAt: later, conditions: [ready(first)] })).to.equal(later);
    expect(began({ startedAt: first, conditions: [ready(later)] })).to.equal(later);
    expect(began({ startedAt: first, isTakenUp: false })).to.equal(undefined);
  });

  it("say nothing of a desktop that is suspended but that: what to do is on its button", () => {
    const paused = { isReady: false, message: "Set spec.desiredState to Running" };
    const page = (more: Partial<SessionView>) =>
      renderToString(h(GalleryPage, shared([session("a", { ...paused, ...more })])));
    expect(page({ wanted: "Suspended", state: "Suspended" })).not.to.include("spec.desiredState");
    expect(page({ state: "Pending" })).to.include("spec.desiredState");
  });

  it("take the word of whoever is there at an idle warning, for her own desktops", () => {
    const warned = session("a", { idleWarning: "suspended at 10:00" });
    const others = renderToString(h(SessionPage, { ...shared([{ ...warned, user: "bob" }]), name: "a" }));
    expect(others).to.include("suspended at 10:00").and.not.include("I am still here");
    for (const page of [
      renderToString(h(SessionPage, { ...shared([warned]), name: "a" })),
      renderToString(h(GalleryPage, shared([warned]))),
    ])
      expect(page).to.include("suspended at 10:00").and.include("I am still here");
  });

  it("find sessions by all words of the filter", () => {
    const words = wordsFor(["en"]);
    expect(matches(session("a", { node: "gpu-1" }), "ALICE gpu runs", words)).to.equal(true);
    expect(matches(session("a"), "alice bob", words)).to.equal(false);
    expect(matches(session("a"), "", words)).to.equal(true);
  });

  it("have addresses of their own, and no others", () => {
    expect(pageOf("/sessions/a.b")).to.deep.equal({ name: "session", session: "a.b" });
    expect(pageOf("/new/ubuntu")).to.deep.equal({ name: "new", template: "ubuntu" });
    for (const path of ["/sessions/", "/sessions/<b>", "/x"]) expect(pageOf(path).name).to.equal("none");
  });

  it("are small: at most 60 kB compressed, nothing loaded from elsewhere", async () => {
    const {
      pages: { script, style },
    } = await buildPages();
    expect(gzipSync(script).length + gzipSync(style).length).to.be.below(60_000);
    expect(style).not.to.match(/@import|url\(/);
    expect(script).not.to.match(/https?:\/\/(?!www\.w3\.org)/);
  });
});

describe("what the pages know", () => {
  const known = { ...nothingYet, sessions: [session("a", { version: "10" })] };

  it("follows the stream, newest session first", () => {
    const newer = session("b", { createdAt: "2026-01-02T00:00:00Z" });
    const next = changed(known, { type: "session", session: newer });
    expect(next.sessions.map(({ name }) => name)).to.deep.equal(["b", "a"]);
    expect(changed(next, { type: "gone", name: "a" }).sessions.map(({ name }) => name)).to.deep.equal(["b"]);
  });

  it("is not set back by an answer that is older, and is by a session made anew under the name", () => {
    const older = session("a", { version: "9", state: "Failed" });
    expect(changed(known, { type: "session", session: older })).to.equal(known);
    const anew = session("a", { version: "9", createdAt: "2026-01-02T00:00:00Z", state: "Pending" });
    expect(changed(known, { type: "session", session: anew }).sessions[0]?.state).to.equal("Pending");
  });
});
