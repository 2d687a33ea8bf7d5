import { expect } from "chai";
import type { IncomingMessage, RequestListener } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { connect, createServer as createTcpServer } from "node:net";
import { probeGateway, probeWebSocket } from "../../../diagnose/probes/http.ts";
import type { HostTarget } from "../../../diagnose/probes/targets.ts";
import { probeTls } from "../../../diagnose/probes/tls.ts";
import { selfSigned } from "./certificate.ts";

const host = "desk.example.com";

async function serving<T>(
  listener: RequestListener,
  use: (target: HostTarget, seen: IncomingMessage[]) => Promise<T>,
  certificate = selfSigned(host, [host]),
): Promise<T> {
  const seen: IncomingMessage[] = [];
  const server = createServer(await certificate, (request, response) => {
    seen.push(request);
    listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  try {
    return await use({ about: "VDISession kasm-vdi/demo", host, address: "127.0.0.1", port, isSession: true }, seen);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe("the probe of a host through Traefik", () => {
  it("asks by name, without credentials, and follows no redirection", async () => {
    await serving(
      (_, response) => response.writeHead(302, { location: "https://elsewhere.example.com/sign-in?state=1" }).end(),
      async (target, seen) => {
        const { ok, message, details } = await probeGateway(target, 3_000);
        expect({ ok, message }).to.deep.equal({
          ok: true,
          message: "answers HTTP 302 to https://elsewhere.example.com/sign-in",
        });
        expect(details).to.include({ status: 302, redirectsToItself: false });
        expect(seen).to.have.length(1);
        expect(seen[0]!.headers.host).to.equal(`${host}:${target.port}`);
        expect(seen[0]!.headers).to.not.have.any.keys("authorization", "cookie");
      },
    );
  });

  it("tells Traefik's own 404 from one of a page", async () => {
    const is = (body: string) =>
      serving(
        (_, response) => response.writeHead(404).end(body),
        async (target) => (await probeGateway(target, 3_000)).details?.["isTraefiks"],
      );
    expect(await is("404 page not found\n")).to.equal(true);
    expect(await is("no such desktop")).to.equal(false);
  });

  it("sees whether the gateway names the session", async () => {
    const named = (value: string) =>
      serving(
        (_, response) => response.writeHead(401, { "X-Vdi-Session": value }).end(),
        async (target) => (await probeGateway({ ...target, sessionId: "abc" }, 3_000)).ok,
      );
    expect(await named("abc")).to.equal(true);
    expect(await named("other")).to.equal(false);
  });

  it("sees a redirection to itself", async () => {
    await serving(
      ({ headers }, response) => response.writeHead(308, { location: `https://${headers.host ?? ""}/` }).end(),
      async (target) => {
        expect((await probeGateway(target, 3_000)).details).to.include({ redirectsToItself: true });
      },
    );
  });

  it("ends in time where nobody answers, and where nobody listens", async () => {
    const silent = createTcpServer();
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const { port } = silent.address() as AddressInfo;
    const target = { about: "Host x", host, address: "127.0.0.1", port, isSession: false };
    const late = await probeGateway(target, 200);
    silent.close();
    expect(late.details).to.include({ error: "ETIMEDOUT" });
    const closed = await new Promise<number>((resolve) => {
      const server = createTcpServer().listen(0, "127.0.0.1", () => {
        const free = (server.address() as AddressInfo).port;
        server.close(() => resolve(free));
      });
    });
    expect((await probeGateway({ ...target, port: closed }, 3_000)).details).to.include({ error: "ECONNREFUSED" });
  });
});

describe("the probe of a WebSocket", () => {
  it("is content with a door that refuses strangers, and with a stream that opens", async () => {
    const ok = (status: number) =>
      serving(
        (_, response) => response.writeHead(status).end(),
        async (target) => (await probeWebSocket(target, 3_000)).ok,
      );
    expect(await ok(401)).to.equal(true);
    expect(await ok(400)).to.equal(false);
    expect(await ok(426)).to.equal(false);
  });

  it("sends the headers of an upgrade", async () => {
    await serving(
      (_, response) => response.writeHead(403).end(),
      async (target, seen) => {
        await probeWebSocket(target, 3_000);
        expect(seen[0]!.headers).to.include({ upgrade: "websocket", "sec-websocket-version": "13" });
      },
    );
  });
});

describe("the probe of a certificate", () => {
  const shown = async (certificate: ReturnType<typeof selfSigned>) =>
    serving(
      (_, response) => response.end(),
      (target) => probeTls(target, 3_000),
      certificate,
    );

  it("tells one of its own making, and whom it is for", async () => {
    const { ok, details } = await shown(selfSigned(host, [host]));
    expect(ok).to.equal(false);
    expect(details).to.include({ error: "DEPTH_ZERO_SELF_SIGNED_CERT", names: host, isTraefiksOwn: false });
  });

  it("tells Traefik's own", async () => {
    const { details } = await shown(selfSigned("TRAEFIK DEFAULT CERT", ["x.traefik.default"]));
    expect(details).to.include({ isTraefiksOwn: true });
  });

  it("ends in time where TLS is never spoken", async () => {
    const silent = createTcpServer();
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const { port } = silent.address() as AddressInfo;
    const { ok, details } = await probeTls(
      { about: "Host x", host, address: "127.0.0.1", port, isSession: false },
      200,
    );
    silent.close();
    expect(ok).to.equal(false);
    expect(details).to.include({ error: "", connection: "ETIMEDOUT" });
    connect(port, "127.0.0.1").on("error", () => undefined);
  });
});
