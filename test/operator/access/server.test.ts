import { createServer, request } from "node:http";
import type { IncomingHttpHeaders } from "node:http";
import { connect } from "node:net";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { text } from "node:stream/consumers";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { sessionRouting } from "../../../components/vdi-operator/routing.ts";
import { valueOf } from "../../program/registrations.ts";
import { serveAccess } from "../../../operator/access/server.ts";
import type { AccessServerOptions } from "../../../operator/access/server.ts";
import type { VDISession } from "../../../operator/api/objects.ts";
import { hostOf, sessionId } from "../../../operator/resources/names.ts";
import { FakeClock } from "../../kube/fake-clock.ts";
import { aSession, aliceHost, aTemplate, begin, condition, domain, key } from "./a-session.ts";
import { ForwardAuthProxy } from "./forward-auth-proxy.ts";

const page = { accept: "text/html,*/*" };
const webSocket = {
  ...{ connection: "Upgrade", upgrade: "websocket" },
  ...{ "sec-websocket-version": "13", "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==" },
};
const basic = (user: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`,
});

describe("a desktop behind Traefik's forwardAuth", () => {
  let clock: FakeClock;
  let sessions: VDISession[];
  let woken: string[];
  let logged: string[];
  let outcomes: string[];
  let secret: { user: string; password: string; createdMs: number } | undefined;
  let wakeFails: boolean;
  const closing: (() => unknown)[] = [];
  let proxyPort: number;
  let accessPort: number;
  let drain: () => void;

  async function start(changes: Partial<AccessServerOptions> = {}): Promise<void> {
    const access = await serveAccess({
      ...{ port: 0, host: "127.0.0.1", domain, key, clock },
      sessions: {
        byHost: (host) => sessions.find((it) => hostOf(it, domain) === host),
        byName: (name) => sessions.find((it) => it.metadata.name === name),
        template: () => aTemplate("ForwardAuth"),
      },
      credentials: () => Promise.resolve(secret),
      wake: (session) => {
        woken.push(session.metadata.name);
        return wakeFails ? Promise.reject(new Error("no answer")) : Promise.resolve();
      },
      review: (token) =>
        Promise.resolve(token.startsWith("token-of-") ? { user: token.slice("token-of-".length) } : undefined),
      mayActFor: ({ user }) => Promise.resolve(user === "portal"),
      log: (level, message, fields) => logged.push(`${level} ${message} ${JSON.stringify(fields)}`),
      observe: (outcome) => outcomes.push(outcome),
      ...changes,
    });
    const upstream = createServer((incoming, outgoing) => {
      const { authorization = "nobody", cookie = "" } = incoming.headers;
      outgoing.end(`desktop ${incoming.url ?? ""} ${authorization}${cookie}`);
    });
    upstream.on("upgrade", (_incoming, socket: Duplex) => {
      socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
      socket.pipe(socket);
    });
    await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
    const { userHeader } = changes;
    const routing = sessionRouting({
      ...{ namespace: "kasm-vdi", operatorNamespace: "kasm-vdi-system" },
      ...(userHeader && { access: { userHeader: userHeader.name }, headerPath: pulumi.output(userHeader.path) }),
    });
    const { forwardAuth } = routing["session-access"].spec;
    const address = await valueOf(pulumi.output(forwardAuth.address));
    const upstreamPort = (upstream.address() as AddressInfo).port;
    const proxy = new ForwardAuthProxy(access.port, upstreamPort, { ...forwardAuth, address });
    accessPort = access.port;
    drain = access.drain;
    proxyPort = await proxy.listen();
    closing.push(
      () => access.close(),
      () => proxy.close(),
      () => upstream.closeAllConnections(),
      () => upstream.close(),
    );
  }

  beforeEach(async () => {
    clock = new FakeClock();
    expect(clock.date().getTime()).to.equal(begin);
    [sessions, woken, logged, outcomes, wakeFails] = [[aSession()], [], [], [], false];
    secret = { user: "desktop", password: "pass:wörd", createdMs: begin };
    await start();
  });
  afterEach(async () => {
    await Promise.all(
      closing
        .splice(0)
        .reverse()
        .map((close) => close()),
    );
  });

  interface Seen {
    status: number;
    headers: IncomingHttpHeaders;
    body: string;
  }

  function get(path: string, headers: Record<string, string> = {}, host = aliceHost): Promise<Seen> {
    return new Promise((resolve, reject) => {
      request({ host: "127.0.0.1", port: proxyPort, path, headers: { host, ...headers } }, (answer) => {
        void text(answer).then((body) => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }));
      })
        .on("error", reject)
        .end();
    });
  }

  /** What the desktop echoes through a WebSocket, or the status of the refusal. */
  function echo(path: string, headers: Record<string, string>): Promise<string | number> {
    return new Promise((resolve, reject) => {
      request({ host: "127.0.0.1", port: proxyPort, path, headers: { host: aliceHost, ...webSocket, ...headers } })
        .on("upgrade", (_answer, socket) => {
          socket.once("data", (data: Buffer) => resolve((socket.end(), data.toString())));
          socket.write("frames");
        })
        .on("response", (answer) => resolve((answer.resume(), answer.statusCode ?? 0)))
        .on("error", reject)
        .end();
    });
  }

  async function askLink(
    session: string,
    token: string,
    body?: string,
  ): Promise<{ status: number; json: Record<string, string> }> {
    const answer = await fetch(`http://127.0.0.1:${accessPort}/links`, {
      method: "POST",
      headers: token === "" ? {} : { authorization: `Bearer ${token}` },
      body: body ?? JSON.stringify({ session }),
    });
    return { status: answer.status, json: (await answer.json()) as Record<string, string> };
  }

  async function link(): Promise<URL> {
    const { json } = await askLink("alice", "token-of-alice@example.com");
    return new URL(json["url"] ?? "");
  }

  const cookieOf = ({ headers }: Seen) => ({ cookie: headers["set-cookie"]?.[0]?.split(";")[0] ?? "" });
  const signIn = async () => {
    const { pathname, search } = await link();
    return cookieOf(await get(`${pathname}${search}`, page));
  };

  const starting = aSession({ status: { phase: "Creating", conditions: [condition("Ready", "False")] } });

  /** The answer to what is kept open, after so much time at the most; undefined while it is still kept. */
  async function held<T>(asked: Promise<T>, ms = 10_000): Promise<T> {
    const answer = asked.then((value) => ({ value }));
    const real = (after: number) => new Promise((resolve) => setTimeout(resolve, after));
    await real(20);
    await clock.advance(ms);
    return (await Promise.race([answer, real(50)]).then((it) => (it as { value: T } | undefined)?.value)) as T;
  }

  it("opens by a link, which leads to the same address without its token and leaves a cookie", async () => {
    const { json } = await askLink("alice", "token-of-alice@example.com");
    expect(json["expiresAt"]).to.equal("2026-01-01T00:01:00.000Z");
    const { host, pathname, search } = new URL(json["url"] ?? "");
    expect([host, pathname]).to.deep.equal([aliceHost, "/"]);
    const seen = await get(`/a//b${search}&x=%2F&y`, page);
    expect([seen.status, seen.headers.location]).to.deep.equal([302, `https://${aliceHost}/a//b?x=%2F&y`]);
    expect(seen.headers["set-cookie"]?.[0]).to.match(
      /^__Host-vdi-session=[\w.-]+; Path=\/; Secure; HttpOnly; SameSite=Lax; Max-Age=43200$/,
    );
  });

  it("lets pass with the cookie, with the desktop's own credentials, by HTTP and WebSocket", async () => {
    const cookie = await signIn();
    const { status, body } = await get("/?q", cookie);
    expect([status, body]).to.deep.equal([200, `desktop /?q ${basic("desktop", "pass:wörd").authorization}`]);
    expect(await echo("/api/websockets", cookie)).to.equal("frames");
  });

  it("keeps the cookies that open doors from the desktop, and gives it the others", async () => {
    const { cookie } = await signIn();
    const { body } = await get("/", { cookie: `a=1; ${cookie}; _oauth2_proxy=x` });
    expect(body).to.equal(`desktop / ${basic("desktop", "pass:wörd").authorization}a=1`);
  });

  it("lives on whatever bytes a visitor sends", async () => {
    const { cookie } = await signIn();
    const bytes = (from: number, to: number) => Buffer.from(Array.from({ length: to - from }, (_, at) => from + at));
    for (const junk of [bytes(0x01, 0x20), bytes(0x21, 0x7f), bytes(0x7f, 0xa0), bytes(0xa0, 0x100)])
      for (const header of ["x-forwarded-host", "x-forwarded-uri", "cookie", "accept", "authorization", "origin"]) {
        const socket = connect(accessPort, "127.0.0.1");
        socket.write(`GET /auth HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Forwarded-Host: ${aliceHost}\r\n`);
        socket.write(`Cookie: ${cookie}\r\n${header}: `);
        socket.write(junk);
        socket.end("\r\n\r\n");
        await text(socket).catch(() => "");
      }
    expect((await get("/", { cookie })).status).to.equal(200);
  });

  it("answers 431 to headers beyond 32 KiB", async () => {
    const ask = async (length: number) => {
      const headers = { "x-forwarded-host": aliceHost, x: "1".repeat(length) };
      return (await fetch(`http://127.0.0.1:${accessPort}/auth`, { headers })).status;
    };
    expect([await ask(31_000), await ask(33_000)]).to.deep.equal([401, 431]);
  });

  it("refuses without a cookie, by HTTP and WebSocket, and tells the session's id for who probes the route", async () => {
    const seen = await get("/", page);
    expect(seen.status).to.equal(401);
    expect(seen.headers["www-authenticate"]).to.equal('Basic realm="desktop", charset="UTF-8"');
    expect(seen.headers["x-vdi-session"]).to.equal(sessionId(aSession()));
    expect(seen.headers["content-security-policy"]).to.contain("default-src 'none'");
    expect(seen.body).to.contain("<h1>Sign in to this desktop</h1>");
    expect(await echo("/", {})).to.equal(401);
  });

  it("closes at once when access is revoked, and opens by a new link when the pod has a new Secret", async () => {
    const cookie = await signIn();
    await clock.advance(1_000);
    sessions = [aSession({ spec: { access: { revokedBefore: "2026-01-01T00:00:01Z" } } })];
    expect((await get("/", cookie)).status).to.equal(401);
    expect(await echo("/", cookie)).to.equal(401);
    expect((await get("/", { ...page, ...basic("desktop", "pass:wörd") })).status).to.equal(401);

    await clock.advance(1_000);
    const fresh = await signIn();
    const waiting = await get("/", { ...page, ...fresh });
    expect(waiting.body).to.contain("Its password is being made anew.").and.contain("delete the desktop&#39;s pod");
    secret = { user: "desktop", password: "new", createdMs: clock.date().getTime() };
    await clock.advance(10_000);
    expect((await get("/", fresh)).body).to.equal(`desktop / ${basic("desktop", "new").authorization}`);
  });

  it("takes the password of the session's Secret: a page gets a cookie, a program its answer", async () => {
    const signedIn = await get("/?x=1", { ...page, ...basic("desktop", "pass:wörd") });
    expect([signedIn.status, signedIn.headers.location]).to.deep.equal([302, `https://${aliceHost}/?x=1`]);
    expect((await get("/", cookieOf(signedIn))).status).to.equal(200);
    expect((await get("/", basic("desktop", "pass:wörd"))).status).to.equal(200);
    expect((await get("/", basic("desktop", "pass"))).status).to.equal(401);
  });

  it("looks at no password for a while after five wrong ones, not at the right one either; a cookie still counts", async () => {
    const cookie = await signIn();
    const guesses = await Promise.all(Array.from({ length: 8 }, () => get("/", basic("desktop", "guess"))));
    expect(guesses.map(({ status }) => status).sort()).to.deep.equal([401, 401, 401, 401, 401, 429, 429, 429]);
    const { status, headers } = await get("/", basic("desktop", "pass:wörd"));
    expect([status, headers["retry-after"]]).to.deep.equal([429, "1"]);
    expect((await get("/", { ...cookie, ...basic("desktop", "guess") })).status).to.equal(200);
    await clock.advance(1_000);
    expect((await get("/", basic("desktop", "pass:wörd"))).status).to.equal(200);
  });

  it("wakes a suspended session once when somebody opens it, with a page that waits", async () => {
    const cookie = await signIn();
    sessions = [aSession({ spec: { desiredState: "Suspended" }, status: { phase: "Suspended" } })];
    expect(await held(echo("/", cookie))).to.equal(503);
    expect((await held(get("/icon.png", cookie))).status).to.equal(503);
    expect((await get("/", page)).status).to.equal(401);
    expect(woken).to.deep.equal([]);
    const seen = await Promise.all(Array.from({ length: 5 }, () => get("/", { ...page, ...cookie })));
    expect(woken).to.deep.equal(["alice"]);
    expect(seen.map(({ status }) => status)).to.deep.equal([503, 503, 503, 503, 503]);
    expect(seen[0]?.headers["retry-after"]).to.equal("1");
    expect(seen[0]?.body).to.contain(`<meta http-equiv="refresh" content="0; url=https://${aliceHost}/?vdi_waiting">`);
  });

  it("is not woken by a page that waits, which asks again by itself, but by whoever reloads it or follows its link", async () => {
    const cookie = await signIn();
    sessions = [aSession({ spec: { desiredState: "Suspended" } })];
    const waiting = await held(get("/a?x=1&vdi_waiting", { ...page, ...cookie, "sec-fetch-mode": "navigate" }));
    expect([waiting.status, woken]).to.deep.equal([503, []]);
    expect(waiting.body)
      .to.contain("<h1>Your desktop is suspended</h1>")
      .and.to.contain(`<a href="https://${aliceHost}/a?x=1">`)
      .and.to.not.contain("refresh");
    await get("/a?x=1&vdi_waiting", { ...page, ...cookie, "sec-fetch-user": "?1" });
    expect(woken).to.deep.equal(["alice"]);
  });

  it("leads a page that has waited to the address without the mark once the desktop is there", async () => {
    const cookie = await signIn();
    const seen = await get("/a?x=1&vdi_waiting", { ...page, ...cookie });
    expect([seen.status, seen.headers.location]).to.deep.equal([302, `https://${aliceHost}/a?x=1`]);
    expect((await get("/a?x=1", { ...page, ...cookie })).status).to.equal(200);
  });

  it("lets a page that waits hear at once that the desktop is there, and asks it again at most each eight seconds", async () => {
    const cookie = await signIn();
    sessions = [aSession({ spec: { desiredState: "Suspended" } })];
    await get("/", { ...page, ...cookie });
    const waiting = get("/?vdi_waiting", { ...page, ...cookie });
    sessions = [starting];
    expect(await held(waiting, 7_000)).to.equal(undefined);
    sessions = [aSession()];
    const { status, headers } = await held(waiting, 100);
    expect([status, headers.location]).to.deep.equal([302, `https://${aliceHost}/`]);

    sessions = [starting];
    const patient = get("/?vdi_waiting", { ...page, ...cookie });
    expect(await held(patient, 7_900)).to.equal(undefined);
    expect((await held(patient, 200)).body).to.contain("<h1>Your desktop is starting</h1>");
  });

  it("answers a person, and a program that meets a start, at once", async () => {
    const cookie = await signIn();
    sessions = [starting];
    expect((await get("/", { ...page, ...cookie })).status).to.equal(503);
    const program = await get("/api/status", cookie);
    expect([program.status, program.headers["retry-after"]]).to.deep.equal([503, "3"]);
  });

  it("keeps nobody in who was locked out while a question was held", async () => {
    const cookie = await signIn();
    sessions = [aSession({ spec: { desiredState: "Suspended" } })];
    const waiting = echo("/api/websockets", cookie);
    expect(await held(waiting, 1_000)).to.equal(undefined);
    await clock.advance(1_000);
    sessions = [aSession({ spec: { access: { revokedBefore: clock.date().toISOString() } } })];
    expect(await held(waiting, 100)).to.equal(401);
  });

  it("answers what is held when its replica ends", async () => {
    const cookie = await signIn();
    sessions = [starting];
    const waiting = get("/?vdi_waiting", { ...page, ...cookie });
    expect(await held(waiting, 1_000)).to.equal(undefined);
    drain();
    const { status, body } = await waiting;
    expect([status, body.includes('content="3; url=')]).to.deep.equal([503, true]);
  });

  it("is asked by Traefik with what a browser says about the page that asks", async () => {
    const cookie = await signIn();
    const sibling = { "sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image" };
    expect((await get("/icon.png", { ...cookie, ...sibling })).status).to.equal(403);
    expect(await echo("/", { ...cookie, origin: "https://other.desktops.example.com" })).to.equal(403);
    expect((await get("/icon.png", { ...cookie, ...sibling, "sec-fetch-site": "same-origin" })).status).to.equal(200);
  });

  it("tries again to wake when that failed", async () => {
    const cookie = await signIn();
    sessions = [aSession({ spec: { desiredState: "Suspended" } })];
    wakeFails = true;
    expect((await get("/", { ...page, ...cookie })).body).to.contain("could not be started just now");
    wakeFails = false;
    expect((await get("/", { ...page, ...cookie })).body).to.contain("is being started again");
    expect(woken).to.deep.equal(["alice", "alice"]);
  });

  it("says what a desktop waits for that is not ready, to those who may enter only", async () => {
    const cookie = await signIn();
    const message = "The image <b>is</b> being pulled.";
    sessions = [aSession({ status: { phase: "Creating", conditions: [condition("Ready", "False")], message } })];
    const seen = await get("/", { ...page, ...cookie });
    expect(seen.status).to.equal(503);
    expect(seen.body).to.contain("The image &#60;b&#62;is&#60;/b&#62; being pulled.");
    expect((await get("/", page)).body).to.not.contain("pulled");
  });

  it("says in the status's words why a desktop cannot start", async () => {
    const cookie = await signIn();
    sessions = [aSession({ status: { phase: "Failed", conditions: [], message: "No node has a GPU." } })];
    const seen = await get("/", { ...page, ...cookie });
    expect([seen.status, seen.headers["retry-after"]]).to.deep.equal([503, "30"]);
    expect(seen.body).to.contain("<h1>Your desktop cannot start</h1>\n<p>No node has a GPU.</p>");
  });

  it("answers 503 while the API server does not", async () => {
    await start({ credentials: () => Promise.reject(new Error("connection refused")) });
    const cookie = await signIn();
    expect((await get("/", cookie)).status).to.equal(503);
    expect(outcomes.at(-1)).to.equal("failed");
  });

  it("believes the user header when it is configured, and not else", async () => {
    expect((await get("/", { "x-user": "alice@example.com" })).status).to.equal(401);
    await start({ userHeader: { name: "X-User", path: "secret-of-our-middleware" } });
    expect((await get("/", { "x-user": "alice@example.com" })).status).to.equal(200);
    const other = await get("/", { ...page, "x-user": "mallory@example.com" });
    expect(other.status).to.equal(403);
    expect(other.body).to.contain("this desktop belongs to somebody else");
    expect((await get("/", { x_user: "alice@example.com" })).status).to.equal(401);
  });

  it("believes the user header at the secret path alone: anybody's Middleware may have Traefik ask with headers of its own", async () => {
    await start({ userHeader: { name: "X-User", path: "secret-of-our-middleware" } });
    const headers = { "x-forwarded-host": aliceHost, "x-forwarded-uri": "/", "x-user": "alice@example.com" };
    const ask = async (path: string) => {
      const answer = await fetch(`http://127.0.0.1:${accessPort}${path}`, { headers });
      return [answer.status, answer.headers.has("authorization")];
    };
    expect(await ask("/auth")).to.deep.equal([401, false]);
    for (const guess of ["", "secret-of-our-middlewarf", "secret", "undefined"])
      expect((await ask(`/auth/${guess}`))[0], guess).to.equal(404);
    expect(await ask("/auth/secret-of-our-middleware")).to.deep.equal([200, true]);
  });

  it("gives links to the session's user and to who may act for others, and tells nobody else of it", async () => {
    expect((await askLink("alice", "token-of-portal")).status).to.equal(200);
    const others = await askLink("alice", "token-of-mallory");
    const none = await askLink("nobodys", "token-of-mallory");
    expect([others.status, none.status]).to.deep.equal([404, 404]);
    expect(others.json["message"]).to.equal(none.json["message"]?.replace("nobodys", "alice"));
    expect((await askLink("alice", "forged")).status).to.equal(401);
    expect((await askLink("alice", "")).status).to.equal(401);
  });

  it("answers a question for a link that is not well formed with what to send", async () => {
    for (const body of ["", "{", "[]", '{"session":1}', '{"session":"alice","x":1}', "x".repeat(100_000)]) {
      const { status, json } = await askLink("", "token-of-alice@example.com", body);
      expect([status, json["message"]]).to.deep.equal([400, 'not understood: send {"session": "NAME"} as JSON']);
    }
  });

  it("gives links while others send their questions slowly, and ends those after 2 s", async () => {
    const slow = Array.from({ length: 32 }, () => {
      const socket = connect(accessPort, "127.0.0.1");
      socket.write("POST /links HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer x\r\nContent-Length: 100\r\n\r\n{");
      return text(socket);
    });
    expect((await askLink("alice", "token-of-alice@example.com")).status).to.equal(200);
    for (const answer of await Promise.all(slow)) expect(answer).to.match(/^HTTP\/1.1 408 /);
  });

  it("ends each connection with its next answer while it drains, and answers all the same", async () => {
    const headers = { "x-forwarded-host": aliceHost };
    const ask = () => fetch(`http://127.0.0.1:${accessPort}/auth`, { headers });
    expect((await ask()).headers.get("connection")).to.equal("keep-alive");
    drain();
    const draining = await ask();
    expect([draining.status, draining.headers.get("connection")]).to.deep.equal([401, "close"]);
  });

  it("lets nobody in by what it knows once that is too old", async () => {
    let isStale = false;
    await start({ isStale: () => isStale });
    const cookie = await signIn();
    expect((await get("/", cookie)).status).to.equal(200);
    isStale = true;
    const seen = await get("/", { ...page, ...cookie });
    expect([seen.status, outcomes.at(-1)]).to.deep.equal([503, "stale"]);
  });

  it("writes and shows no credential, whatever happens", async () => {
    const { search } = await link();
    const cookie = cookieOf(await get(`/${search}`, page));
    secret = { user: "desktop", password: "wrong-one", createdMs: begin };
    const guess = basic("desktop", "a-guess");
    const seen = [await get("/", { ...page, ...guess }), await get(`/x${search}bad`, page), await get("/", cookie)];
    wakeFails = true;
    sessions = [aSession({ spec: { desiredState: "Suspended" } })];
    seen.push(await get("/", { ...page, ...cookie }));
    const everything = [...logged, ...seen.slice(0, 2).map((it) => it.body + JSON.stringify(it.headers))].join("\n");
    const secrets = [search.slice("?vdi_token=".length), cookie.cookie.split("=")[1], guess.authorization, "a-guess"];
    for (const it of secrets) expect(everything).to.not.contain(it);
    expect(everything).to.not.contain("vdi_token");
    expect(logged.join("\n")).to.contain('"session":"kasm-vdi/alice"');
  });
});
