import { request } from "node:http";
import type { IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import { serveAccess } from "../../../operator/access/server.ts";
import type { AccessServer } from "../../../operator/access/server.ts";
import type { VDISession } from "../../../operator/api/objects.ts";
import { FakeClock } from "../../kube/fake-clock.ts";
import { aSession, aliceHost, aTemplate, condition, domain, key } from "./a-session.ts";

const page = { accept: "text/html,*/*", "sec-fetch-mode": "navigate" };

describe("the page in the place of Traefik's errors", () => {
  let clock: FakeClock;
  let server: AccessServer;
  let session: VDISession;
  let outcomes: string[];
  let access: "ForwardAuth" | "Password";

  beforeEach(async () => {
    clock = new FakeClock();
    [session, outcomes, access] = [aSession(), [], "ForwardAuth"];
    server = await serveAccess({
      ...{ port: 0, host: "127.0.0.1", domain, key, clock },
      sessions: { byHost: () => session, byName: () => session, template: () => aTemplate(access) },
      credentials: () => Promise.resolve(undefined),
      wake: () => Promise.resolve(),
      review: () => Promise.resolve(undefined),
      mayActFor: () => Promise.resolve(false),
      log: () => undefined,
      observe: (outcome) => outcomes.push(outcome),
    });
  });
  afterEach(() => server.close());

  /** As Traefik asks: the failed request's own headers, and its address in the query. */
  async function ask(query: string, headers: Record<string, string> = page) {
    const forwarded = { host: aliceHost, "x-forwarded-host": `${aliceHost}:8443`, ...headers };
    const options = { host: "127.0.0.1", port: server.port, path: `/unreachable${query}`, headers: forwarded };
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      request(options, resolve).on("error", reject).end();
    });
    return { status: answer.statusCode, headers: answer.headers, body: await text(answer) };
  }
  const about = (path: string) => `?url=${encodeURIComponent(`https://${aliceHost}:8443${path}`)}`;

  it("asks again after a second, at the address that did not answer", async () => {
    const { status, headers, body } = await ask(about("/files?sort=name"));
    expect(status).to.equal(503);
    expect(headers["retry-after"]).to.equal("1");
    expect(body).to.contain(
      `<meta http-equiv="refresh" content="1; url=https://${aliceHost}:8443/files?sort=name&#38;vdi_waiting">`,
    );
    expect(outcomes).to.deep.equal(["unreachable"]);
  });

  it("leaves the gateway's parameter out where the desktop itself asks for the password", async () => {
    access = "Password";
    expect((await ask(about("/"))).body).to.contain(`content="1; url=https://${aliceHost}:8443/">`);
  });

  it("asks less often, and says so in other words, where a desktop that has long been ready does not answer", async () => {
    await clock.advance(31_000);
    const { status, body } = await ask(about("/"));
    expect(status).to.equal(503);
    expect(body).to.contain('content="3; url=').and.contain("It runs, but nothing answers at its address.");
  });

  it("is words alone for a program and for a WebSocket", async () => {
    const upgrade = { connection: "Upgrade", upgrade: "websocket", "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==" };
    for (const headers of [{ accept: "*/*" }, upgrade])
      expect((await ask(about("/"), headers)).body).to.match(/^Your desktop does not answer yet\. .*\n$/);
  });

  it("keeps a desktop's visitor waiting that is known not to run, and asks at most each eight seconds", async () => {
    session = aSession({ status: { conditions: [condition("Ready", "False")] } });
    let isAnswered = false;
    const answer = ask(about("/")).finally(() => (isAnswered = true));
    const after = async (ms: number) => {
      for (let step = 0; step < ms / 100 && !isAnswered; step++) {
        await new Promise((resolve) => setTimeout(resolve, 2));
        await clock.advance(100);
      }
      return isAnswered;
    };
    expect(await after(7_000)).to.equal(false);
    expect(await after(2_000)).to.equal(true);
    expect((await answer).status).to.equal(503);
  });

  it("withstands an address that is none", async () => {
    for (const query of ["", "?url=", "?url=%00", "?url=javascript%3Aalert(1)", "?url=https%3A%2F%2Fevil.example%2F"])
      expect((await ask(query)).body)
        .to.contain(`url=https://${aliceHost}:8443/`)
        .and.not.contain("evil");
  });
});
