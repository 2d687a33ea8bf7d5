import type { RequestListener } from "node:http";
import { createServer as createTcpServer } from "node:net";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { gaugeAboveZero, kasmConnections } from "../../../operator/activity/reading.ts";
import { checkActivity, checkStream } from "../../../operator/reachability/stream.ts";
import { DesktopServer } from "./desktop-server.ts";

const credentials = { user: "vdi", password: "s3cret:ü" };
const expected = `Basic ${Buffer.from("vdi:s3cret:ü").toString("base64")}`;

describe("the check of a stream", () => {
  let desktop: DesktopServer;
  const start = async (answer: RequestListener, scheme?: "http" | "https") =>
    (desktop = await DesktopServer.start(answer, scheme));
  const status = (code: number): RequestListener => {
    return ({ headers }, response) => response.writeHead(headers.authorization === expected ? code : 401).end("x");
  };
  const check = (path?: string) => checkStream(desktop.target(path), credentials, desktop.context);

  afterEach(() => desktop.stop());

  for (const scheme of ["http", "https"] as const)
    it(`passes by ${scheme} with the session's password, whoever signed the certificate`, async () => {
      await start(status(200), scheme);
      expect(await check()).to.deep.equal({ ok: true, message: "The stream answers." });
    });

  it("passes on every answer of the stream itself, and follows no redirect", async () => {
    const asked: (string | undefined)[] = [];
    await start((request, response) => {
      asked.push(request.url);
      response.writeHead(302, { Location: "/elsewhere" }).end();
    });
    expect((await check("/health?deep=1")).ok).to.equal(true);
    expect(asked).to.deep.equal(["/health?deep=1"]);
    await desktop.stop();
    await start(status(404));
    expect((await check()).ok).to.equal(true);
  });

  it("fails where the password is not right, and says so", async () => {
    await start((_, response) => response.writeHead(401).end());
    const { ok, refused, message } = await check();
    expect([ok, refused]).to.deep.equal([false, true]);
    expect(message).to.contain("refuses the session's password").and.not.to.contain("s3cret");
  });

  it("fails where the desktop behind the proxy is not up", async () => {
    await start(status(502));
    expect((await check()).message).to.contain("answers with HTTP 502");
  });

  it("fails where the stream says that its display is gone, and only then", async () => {
    const asked: (string | undefined)[] = [];
    let answer: [number, string | Buffer] = [200, Buffer.alloc(1_000_000)];
    await start((request, response) => {
      asked.push(request.url);
      response.writeHead(answer[0]).end(answer[1]);
    });
    const target = { ...desktop.target("/api/health"), picturePath: "/api/screenshot" };
    const picture = () => checkStream(target, credentials, desktop.context);
    expect(await picture()).to.deep.equal({ ok: true, message: "The stream answers." });
    answer = [404, "No such display"];
    expect(await picture()).to.deep.include({ ok: false, isPictureLost: true });
    // Of a release that has no such path, or cannot take a picture.
    for (const other of [
      [404, ""],
      [501, "without screenshots"],
    ] as const) {
      answer = [...other];
      expect((await picture()).ok, String(other[0])).to.equal(true);
    }
    expect(new Set(asked)).to.deep.equal(new Set(["/api/screenshot"]));
  });

  it("does not leave the pod, whatever the path says", async () => {
    const asked: (string | undefined)[] = [];
    await start((request, response) => {
      asked.push(request.url);
      response.end();
    });
    for (const path of ["//example.com/x", "/\\example.com", "/@example.com", "/../x"])
      expect((await check(path)).ok).to.equal(true);
    expect(asked).to.have.length(4);
  });

  it("reads next to nothing of an endless answer", async () => {
    await start((_, response) => {
      response.writeHead(200);
      const write = () => {
        while (!response.destroyed && response.write("x".repeat(65_536)));
      };
      response.on("drain", write);
      write();
    });
    expect((await check()).ok).to.equal(true);
    const reading = await checkActivity(
      desktop.target(),
      { path: "/", parse: gaugeAboveZero("clients") },
      credentials,
      undefined,
      desktop.context,
    );
    expect(reading.message).to.contain("answers with more than 262144 bytes");
  });

  it("says in a sentence why there is no answer", async () => {
    await start((_, response) => response.end(), "https");
    const to = (change: object) => checkStream({ ...desktop.target(), ...change }, credentials, desktop.context);
    expect((await to({ scheme: "http" })).message).to.match(
      /^The stream at 127\.0\.0\.1:\d+ (does not answer in HTTP|closes the connection without an answer)/,
    );
    expect((await to({ ip: "127.0.0.2", port: 1 })).message).to.equal(
      "The stream at 127.0.0.2:1 refuses connections: nothing listens on spec.runtime.port of the template yet.",
    );
  });

  it("says when the scheme is not the stream's", async () => {
    await start((_, response) => response.end());
    const plain = createTcpServer((socket) => socket.end("hello\n")).listen(0, "127.0.0.1");
    await new Promise((resolve) => plain.once("listening", resolve));
    const { port } = plain.address() as AddressInfo;
    const by = async (scheme: "http" | "https") =>
      (await checkStream({ ...desktop.target(), port, scheme }, credentials, desktop.context)).message;
    const messages = [await by("https"), await by("http")];
    plain.close();
    expect(messages[0]).to.contain("does not speak TLS: set spec.runtime.scheme");
    expect(messages[1]).to.contain("does not answer in HTTP");
  });

  it("ends when it is told to", async () => {
    await start(() => undefined);
    const stop = new AbortController();
    const pending = checkStream(desktop.target(), credentials, { ...desktop.context, signal: stop.signal });
    setTimeout(() => stop.abort(), 20);
    expect((await pending).ok).to.equal(false);
  });

  it("sends nothing to loopback outside of tests", async () => {
    await start(() => expect.fail("was asked"));
    const { ok, message } = await checkStream(desktop.target(), credentials, {
      ...desktop.context,
      allowLoopback: false,
    });
    expect([ok, message]).to.deep.equal([false, "The pod's address 127.0.0.1 is a loopback address."]);
  });
});

describe("the look at who is connected", () => {
  let desktop: DesktopServer;
  const kasm = { path: "/api/get_bottleneck_stats", parse: kasmConnections };
  const look = () => checkActivity(desktop.target(), kasm, credentials, undefined, desktop.context);

  afterEach(() => desktop.stop());

  it("asks the desktop with the session's password, and reads its answer", async () => {
    desktop = await DesktopServer.start(({ url, headers }, response) => {
      const right = url === kasm.path && headers.authorization === expected;
      response
        .writeHead(right ? 200 : 401)
        .end('{\n\t"vdi": {\n\t\t"10.42.0.1_1.2::websocket": [ 10.0, nan, 10.0, -nan ]\n\t}\n}\n');
    }, "https");
    expect(await look()).to.deep.equal({ connected: true, message: "Somebody is connected." });
  });

  it("does not know when the desktop refuses, has no such page or is away, and says why", async () => {
    let code = 404;
    desktop = await DesktopServer.start((_, response) => response.writeHead(code).end("{}"));
    const notFound = await look();
    expect(notFound).to.deep.equal({
      connected: undefined,
      message: "/api/get_bottleneck_stats of the desktop answers with HTTP 404.",
    });
    code = 401;
    expect(await look()).to.deep.include({ connected: undefined, refused: true });
    desktop.server.closeAllConnections();
    const away = { ...desktop.target(), ip: "127.0.0.2", port: 1 };
    expect((await checkActivity(away, kasm, credentials, undefined, desktop.context)).message).to.contain("refuses");
  });
});
