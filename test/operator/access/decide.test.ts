import { expect } from "chai";
import fc from "fast-check";
import { admit, desktopState } from "../../../operator/access/decide.ts";
import { issueToken } from "../../../operator/access/tokens.ts";
import type { DesktopRequest } from "../../../operator/access/request.ts";
import { anyText } from "../any-text.ts";
import { aSession, aTemplate, aliceHost, begin, condition, key } from "./a-session.ts";

const subject = { uid: "uid-of-alice", user: "alice@example.com", host: aliceHost };
const cookie = issueToken(key, "cookie", subject, begin);
const link = issueToken(key, "link", subject, begin);
const context = { key, template: aTemplate("ForwardAuth"), nowMs: begin };

/** Somebody who opens the desktop and has nothing, or what a test gives. */
function asked(changes: Partial<DesktopRequest> = {}): DesktopRequest {
  return {
    ...{ host: aliceHost, authority: aliceHost, path: "/", linkToken: undefined, cookies: [], desktopCookies: "" },
    ...{ password: undefined, signedInUser: undefined, origin: undefined, isWebSocket: false, isNavigation: true },
    ...{ method: "GET", isWaiting: false },
    fetch: { site: undefined, mode: undefined, dest: undefined, isUserActivated: false },
    ...changes,
  };
}

const outcome = (changes: Partial<DesktopRequest>, session = aSession(), template = context.template) => {
  const admission = admit(asked(changes), session, { ...context, template });
  return admission.kind === "admitted" ? admission.by : admission.kind === "refused" ? admission.why : "password";
};

describe("who is let in", () => {
  const password = { user: "u", password: "p" };

  it("holds a link, a cookie, or is the user that signed in before", () => {
    expect(outcome({ linkToken: link })).to.equal("link");
    expect(outcome({ cookies: ["other", cookie] })).to.equal("cookie");
    expect(outcome({ signedInUser: "alice@example.com" })).to.equal("header");
    expect(outcome({ password })).to.equal("password");
    expect(outcome({})).to.equal("sign-in");
  });

  it("holds no cookie in the place of a link, nor a link in that of a cookie", () => {
    expect(outcome({ linkToken: cookie })).to.equal("old-link");
    expect(outcome({ cookies: [link] })).to.equal("sign-in");
  });

  it("is not somebody else who signed in before, whatever else they hold but a new link", () => {
    expect(outcome({ signedInUser: "bob@example.com", cookies: [cookie], password })).to.equal("other-user");
    expect(outcome({ signedInUser: "ALICE@example.com" })).to.equal("other-user");
    expect(outcome({ signedInUser: "bob@example.com", linkToken: link })).to.equal("link");
  });

  it("does not come from another page, which a browser would give cookie and password along with", () => {
    for (const origin of ["https://evil.example.com", `http://${aliceHost}`, `https://${aliceHost}:444`, "null", ""])
      expect(outcome({ cookies: [cookie], password, signedInUser: "alice@example.com", origin }), origin).to.equal(
        "other-page",
      );
    expect(outcome({ cookies: [cookie], origin: `https://${aliceHost}` })).to.equal("cookie");
  });

  const fetched = (site: string, mode: string, dest: string) => ({
    fetch: { site, mode, dest, isUserActivated: false },
  });
  const own = `https://${aliceHost}`;

  it("may be led here by a link on another page, in the top frame", () => {
    for (const site of ["none", "same-origin", "same-site", "cross-site"])
      expect(outcome({ cookies: [cookie], ...fetched(site, "navigate", "document") }), site).to.equal("cookie");
  });

  // What pages of other desktops can send, which are of the same site, so that the browser adds the cookie; without Origin.
  for (const [what, changes] of [
    ["a picture", fetched("same-site", "no-cors", "image")],
    ["a script", fetched("same-site", "no-cors", "script")],
    ["fetch without CORS", fetched("same-site", "no-cors", "empty")],
    ["fetch with CORS", fetched("same-site", "cors", "empty")],
    ["a frame", fetched("same-site", "navigate", "iframe")],
    ["an object", fetched("same-site", "navigate", "object")],
    ["a prefetch by another site", fetched("cross-site", "no-cors", "empty")],
    ["a form by GET in a frame", fetched("same-site", "navigate", "frame")],
    ["a form by POST", { ...fetched("same-site", "navigate", "document"), method: "POST" }],
    ["a WebSocket", { ...fetched("same-site", "websocket", "websocket"), isWebSocket: true }],
    ["a value that nobody knows", fetched("other", "no-cors", "image")],
  ] as const)
    it(`does not come by ${what} of another page`, () => {
      const credentials = { cookies: [cookie], password, signedInUser: "alice@example.com" };
      expect(outcome({ ...credentials, ...changes })).to.equal("other-page");
    });

  for (const [what, changes] of [
    ["a picture", fetched("same-origin", "no-cors", "image")],
    ["a frame", fetched("same-origin", "navigate", "iframe")],
    ["a form by POST", { ...fetched("same-origin", "navigate", "document"), method: "POST", origin: own }],
    [
      "a form that says no referrer",
      { ...fetched("same-origin", "navigate", "document"), method: "POST", origin: "null" },
    ],
    ["a WebSocket", { ...fetched("same-origin", "websocket", "empty"), isWebSocket: true, origin: own }],
    ["a WebSocket of a browser that says no more", { isWebSocket: true, origin: own }],
  ] as const)
    it(`comes by ${what} of the desktop's own page`, () => {
      expect(outcome({ cookies: [cookie], ...changes })).to.equal("cookie");
    });

  it("does not come from a page without origin, which other sites and sandboxed frames have, too", () => {
    for (const site of ["same-site", "cross-site"])
      expect(outcome({ cookies: [cookie], origin: "null", ...fetched(site, "navigate", "document") })).to.equal(
        "other-page",
      );
  });

  it("does not come to a session that has ended, not with a link either", () => {
    const ended = [
      aSession({ metadata: { deletionTimestamp: "2026-01-01T00:00:00Z" } }),
      aSession({ status: { phase: "Terminating" } }),
      aSession({ status: { expiresAt: "2026-01-01T00:00:00Z" } }),
    ];
    for (const session of ended) expect(outcome({ linkToken: link, cookies: [cookie] }, session)).to.equal("ended");
  });

  it("comes to a session that is over by clocks which do not agree: the operator does not end it either", () => {
    const over = aSession({ status: { expiresAt: "2026-01-01T00:00:00Z" } });
    const inDoubt = { ...context, isTimeInDoubt: true };
    expect(admit(asked({ cookies: [cookie] }), over, inDoubt).kind).to.equal("admitted");
    const deleted = aSession({ metadata: { deletionTimestamp: "2026-01-01T00:00:00Z" } });
    expect(admit(asked({ cookies: [cookie] }), deleted, inDoubt).kind).to.equal("refused");
  });

  it("does not come with what was given out for a session of that name before", () => {
    const anew = aSession({ metadata: { uid: "another-uid" } });
    expect(outcome({ linkToken: link, cookies: [cookie] }, anew)).to.equal("old-link");
  });

  it("does not come with what was given out before a revocation; a time that nobody can read voids all", () => {
    for (const revokedBefore of ["2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00", "2030-01-01T00:00:00Z", "soon"]) {
      const session = aSession({ spec: { access: { revokedBefore } } });
      expect(outcome({ linkToken: link, cookies: [cookie] }, session), revokedBefore).to.equal("old-link");
    }
    const earlier = aSession({ spec: { access: { revokedBefore: "2025-12-31T23:59:59Z" } } });
    expect(outcome({ cookies: [cookie] }, earlier)).to.equal("cookie");
  });

  it("is nobody where the desktop asks for the password itself: its route does not come here", () => {
    expect(outcome({ cookies: [cookie] }, aSession(), aTemplate("Password"))).to.equal("own-password");
  });

  it("is nobody without key, whatever they send", () => {
    const forged = issueToken(Buffer.alloc(32, "another key"), "cookie", subject, begin);
    const text = fc.oneof(anyText(), fc.constant(forged));
    fc.assert(
      fc.property(fc.option(text, { nil: undefined }), fc.array(text), (linkToken, cookies) =>
        ["sign-in", "old-link"].includes(outcome({ linkToken, cookies })),
      ),
    );
  });
});

describe("what who is let in finds", () => {
  const notReady = [condition("Ready", "False")];

  it("is a desktop as soon as the session is Ready", () => {
    expect(desktopState(aSession())).to.deep.equal({ kind: "ready" });
  });

  it("is asleep when it is to be suspended, though it may not be so yet", () => {
    expect(desktopState(aSession({ spec: { desiredState: "Suspended" } }))).to.deep.equal({ kind: "asleep" });
  });

  it("is a desktop though a probe of the operator's fails: whoever asks has come by the route", () => {
    const probed = (reason: string, readyTime?: string) =>
      aSession({
        status: {
          conditions: [{ ...condition("Ready", "False"), reason }],
          startTime: "2026-01-01T00:00:00Z",
          ...(readyTime !== undefined && { readyTime }),
        },
      });
    for (const reason of ["RouteMissing", "StreamNotAnswering"]) {
      expect(desktopState(probed(reason, "2026-01-01T00:00:09Z")).kind).to.equal("ready");
      // It has not answered since its start, only in another life before it.
      expect(desktopState(probed(reason, "2025-12-31T00:00:00Z")).kind).to.equal("starting");
      expect(desktopState(probed(reason)).kind).to.equal("starting");
    }
    expect(desktopState(probed("CrashLoop", "2026-01-01T00:00:09Z")).kind).to.equal("starting");
  });

  it("is awaited while the kubelet says that it is not ready: Traefik would lead nobody there", () => {
    const status = {
      conditions: [{ ...condition("Ready", "False"), reason: "ProbeFailing" }],
      startTime: "2026-01-01T00:00:00Z",
      readyTime: "2026-01-01T00:00:09Z",
      message: "Container desktop runs, but is not ready.",
    };
    expect(desktopState(aSession({ status }))).to.deep.equal({ kind: "starting", message: status.message });
  });

  it("is starting, with the status's words, also when the session is seen for the first time", () => {
    const message = "Pulling.";
    expect(desktopState(aSession({ status: { conditions: notReady, message } }))).to.deep.equal({
      kind: "starting",
      message,
    });
    const { metadata, spec } = aSession();
    expect(desktopState({ metadata, spec })).to.deep.equal({ kind: "starting", message: "" });
  });

  it("is stuck when it has failed or nothing goes on by itself", () => {
    const message = "No such template.";
    const stalled = aSession({ status: { conditions: [...notReady, condition("Stalled", "True")], message } });
    const failed = aSession({ status: { phase: "Failed", conditions: notReady, message } });
    for (const session of [stalled, failed]) expect(desktopState(session)).to.deep.equal({ kind: "stuck", message });
  });
});
