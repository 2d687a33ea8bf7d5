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

  it("does not come to a session that has ended, not with a link either", () => {
    const ended = [
      aSession({ metadata: { deletionTimestamp: "2026-01-01T00:00:00Z" } }),
      aSession({ status: { phase: "Terminating" } }),
      aSession({ status: { expiresAt: "2026-01-01T00:00:00Z" } }),
    ];
    for (const session of ended) expect(outcome({ linkToken: link, cookies: [cookie] }, session)).to.equal("ended");
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
