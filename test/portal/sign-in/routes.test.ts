import { expect } from "chai";
import { SignInError } from "../../../portal/sign-in/oidc.ts";
import { ownPath, SignInRoutes } from "../../../portal/sign-in/routes.ts";
import { Seal } from "../../../portal/sign-in/seal.ts";
import { alice } from "../objects.ts";

const start = Date.parse("2026-01-01T00:00:00Z");

describe("the way through the sign-in", () => {
  const seal = new Seal(Buffer.alloc(32, "key"), () => start);
  const flow = { state: "state", nonce: "nonce", verifier: "verifier", returnTo: "/admin" };
  let asked: string[];
  let admitted: string[];
  const admit = (whose: string) => void admitted.push(whose);
  const make = (changes: Partial<ConstructorParameters<typeof SignInRoutes>[0]> = {}) =>
    new SignInRoutes(
      {
        begin: (returnTo) =>
          Promise.resolve({ location: "https://issuer.example.com/auth", flow: { ...flow, returnTo } }),
        complete: (query) => {
          asked.push(query);
          return Promise.resolve({ person: alice, refreshToken: "refresh-1" });
        },
        renew: (token) => {
          asked.push(token);
          return Promise.resolve({ person: alice, refreshToken: "refresh-2" });
        },
        signOutLocation: () => Promise.resolve("https://issuer.example.com/out"),
        ...changes,
      },
      seal,
      () => undefined,
    );
  const withCookies = (...cookies: string[]) => ({
    headers: { cookie: cookies.map((it) => it.split(";")[0]).join("; ") },
  });
  const cookiesOf = ({ headers }: { headers: Readonly<Record<string, string | string[]>> }) =>
    headers["Set-Cookie"] as string[];

  beforeEach(() => {
    asked = [];
    admitted = [];
  });

  it("leads to the issuer and back to the page that somebody wanted, with cookies for this host alone", async () => {
    const begun = await make().begin(new URLSearchParams({ return: "/sessions/a" }));
    expect(begun.headers["Location"]).to.equal("https://issuer.example.com/auth");
    const back = await make().callback(withCookies(...cookiesOf(begun)), "?code=c&state=s", admit);
    expect(back).to.deep.include({ status: 303 });
    expect(back.headers["Location"]).to.equal("/sessions/a");
    expect(asked).to.deep.equal(["?code=c&state=s"]);
    const cookies = cookiesOf(back);
    expect(cookies.map((it) => it.split("=")[0])).to.deep.equal([
      ...["__Host-portal-flow", "__Host-portal", "__Host-portal-renewal"],
    ]);
    for (const cookie of cookies)
      expect(cookie)
        .to.match(/; Path=\/; Secure; HttpOnly; SameSite=Lax; Max-Age=\d+$/)
        .and.not.include("Domain");
    expect(cookies.join()).not.to.include("refresh-1");
  });

  it("does not sign in whoever did not begin here: no cookie, or one of another purpose", async () => {
    const session = await seal.seal("session", flow, 60);
    for (const cookie of ["", `__Host-portal-flow=${session}`, "__Host-portal-flow=forged"]) {
      const answer = await make().callback(withCookies(cookie), "?code=c&state=s", admit);
      expect(answer.headers["Location"], cookie).to.equal("/?sign-in=again");
      expect(cookiesOf(answer)).to.deep.equal([
        "__Host-portal-flow=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0",
      ]);
    }
    expect(asked).to.deep.equal([]);
  });

  it("comes back to the page when the issuer refuses", async () => {
    const routes = make({ complete: () => Promise.reject(new SignInError("no")) });
    const begun = await routes.begin(new URLSearchParams());
    const answer = await routes.callback(withCookies(...cookiesOf(begun)), "?error=access_denied", admit);
    expect(answer.headers["Location"]).to.equal("/?sign-in=failed");
  });

  it("leads to pages of its own alone, whatever the address says", () => {
    for (const path of ["/", "/admin", "/sessions/a-b.c", "/new/ubuntu"]) expect(ownPath(path)).to.equal(path);
    for (const path of [
      ...["//evil.example.com", "https://evil.example.com", "/\\evil.example.com", "/sessions/../../x", "", null],
      ...["/sessions/a\r\nSet-Cookie: x", "/sign-out", "/sessions/a?next=//evil", "javascript:alert(1)", "/%2F/evil"],
    ])
      expect(ownPath(path), String(path)).to.equal("/");
  });

  it("renews by the refresh token, once for two tabs", async () => {
    const renewal = `__Host-portal-renewal=${await seal.seal("renewal", { user: alice.user, token: "refresh-1" }, 60)}`;
    const first = await make().renew(
      withCookies(renewal),
      { person: alice, by: "oidc", issuedMs: start - 50 * 60_000 },
      start,
      admit,
    );
    expect(asked).to.deep.equal(["refresh-1"]);
    expect(first.body).to.deep.equal({ expiresAt: "2026-01-01T01:00:00.000Z" });
    expect(cookiesOf(first)).to.have.length(2);
    const second = await make().renew(
      withCookies(renewal),
      { person: alice, by: "oidc", issuedMs: start - 1_000, expiresMs: start + 3_599_000 },
      start,
      admit,
    );
    expect(second).to.deep.equal({ status: 200, headers: {}, body: { expiresAt: "2026-01-01T00:59:59.000Z" } });
    expect(asked).to.have.length(1);
  });

  it("asks to sign in again when there is nothing to renew by, or the issuer refuses", async () => {
    const fails = async (routes: SignInRoutes, cookie: string) =>
      routes.renew(withCookies(cookie), undefined, start, admit).then(
        () => undefined,
        (error: unknown) => error as { status: number },
      );
    expect(await fails(make(), "")).to.include({ status: 401 });
    const renewal = `__Host-portal-renewal=${await seal.seal("renewal", { user: alice.user, token: "old" }, 60)}`;
    const refusing = make({ renew: () => Promise.reject(new SignInError("no")) });
    expect(await fails(refusing, renewal)).to.include({ status: 401 });
  });

  it("tells whose request to the issuer comes next, who may be refused, and never of one that does not come", async () => {
    const refuse = () => {
      throw new Error("too often");
    };
    const messageOf = (promise: Promise<unknown>) => promise.catch((error: unknown) => (error as Error).message);
    const begun = withCookies(...cookiesOf(await make().begin(new URLSearchParams())));
    const renewal = withCookies(
      `__Host-portal-renewal=${await seal.seal("renewal", { user: alice.user, token: "refresh-1" }, 60)}`,
    );
    expect(await messageOf(make().callback(begun, "?code=c&state=s", refuse))).to.equal("too often");
    expect(await messageOf(make().renew(renewal, undefined, start, refuse))).to.equal("too often");
    expect(asked).to.deep.equal([]);
    await make().callback(withCookies("__Host-portal-flow=forged"), "?code=c&state=s", refuse);
    expect(await messageOf(make().renew(withCookies(""), undefined, start, refuse))).to.equal("Sign in again.");
    await make().callback(begun, "?code=c&state=s", admit);
    await make().renew(renewal, undefined, start, admit);
    expect(admitted).to.deep.equal(["state", alice.user]);
  });

  it("signs out also where the issuer does not answer", async () => {
    const out = await make({ signOutLocation: () => Promise.reject(new Error("away")) }).signOut();
    expect(out.body).to.deep.equal({ location: "/" });
    expect(cookiesOf(out).every((it) => it.includes("Max-Age=0"))).to.equal(true);
  });
});
