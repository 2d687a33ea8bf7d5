import { TLSSocket } from "node:tls";
import { expect } from "chai";
import { checkRoute, sessionHeader } from "../../../operator/reachability/route.ts";
import { DesktopServer } from "./desktop-server.ts";

const host = "abc.desktops.example.com";
const credentials = { user: "vdi", password: "s3cret" };

describe("the check of a route", () => {
  let traefik: DesktopServer;
  let answer: { status: number; headers?: Record<string, string>; body?: string };
  let asked: { host: string | undefined; sni: unknown; authorization: string | undefined }[];

  beforeEach(async () => {
    asked = [];
    traefik = await DesktopServer.start(({ headers, socket }, response) => {
      const sni = socket instanceof TLSSocket && "servername" in socket ? socket.servername : undefined;
      asked.push({ host: headers.host, sni, authorization: headers.authorization });
      response.writeHead(answer.status, answer.headers).end(answer.body ?? "");
    }, "https");
  });
  afterEach(() => traefik.stop());

  const check = (sessionId?: string, name = host) => {
    const traefikUrl = `https://127.0.0.1:${traefik.port}`;
    return checkRoute({ host: name, traefikUrl, ...(sessionId && { sessionId }) }, credentials, traefik.context);
  };

  it("asks Traefik with the session's host, in TLS too", async () => {
    answer = { status: 401, headers: { [sessionHeader]: "id" } };
    await Promise.all([check("id", host), check("id", "def.desktops.example.com")]);
    expect(asked.map((it) => [it.host, it.sni])).to.have.deep.members([
      [host, host],
      ["def.desktops.example.com", "def.desktops.example.com"],
    ]);
  });

  it("passes once the answer is not Traefik's own 404", async () => {
    answer = { status: 404, body: "404 page not found\n" };
    const { ok, message } = await check();
    expect([ok, message]).to.deep.equal([
      false,
      `Traefik has no route for ${host} yet: it takes up an IngressRoute within some seconds.`,
    ]);
    answer = { status: 404, body: "this desktop has no such page" };
    expect((await check()).ok).to.equal(true);
  });

  it("takes the gateway's word for which session it is", async () => {
    answer = { status: 401, headers: { [sessionHeader]: "id" } };
    expect((await check("id")).ok).to.equal(true);
    const other = await check("other");
    expect(other.ok).to.equal(false);
    expect(other.message).to.contain("leads to another session");
  });

  it("takes nobody else's answer for it, a catch-all of the site's for one", async () => {
    for (const status of [200, 302, 401, 404]) {
      answer = { status, body: "welcome" };
      const { ok, message } = await check("id");
      expect(ok, String(status)).to.equal(false);
      expect(message).to.contain("something else than the gateway").and.to.contain("higher priority");
    }
  });

  it("fails where Traefik reaches nobody behind the route", async () => {
    answer = { status: 503, body: "no available server" };
    expect((await check()).message).to.contain("answers with HTTP 503");
  });

  it("sends the password only where the image itself asks for it", async () => {
    answer = { status: 200 };
    await check("id");
    await check();
    expect(asked.map((it) => it.authorization !== undefined)).to.deep.equal([false, true]);
  });

  it("says when Traefik itself is away", async () => {
    const away = { host, traefikUrl: "http://127.0.0.2:1", sessionId: "id" };
    const { message } = await checkRoute(away, credentials, traefik.context);
    expect(message).to.equal("Traefik at http://127.0.0.2:1 refuses connections.");
  });
});
