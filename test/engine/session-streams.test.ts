import type { Socket } from "node:net";
import { pipeline, Readable } from "node:stream";
import type { Writable } from "node:stream";
import { expect } from "chai";
import type { OperatorProcess } from "../../lab/operator/operator-process.ts";
import type { VDISession } from "../../operator/api/objects.ts";
import { isReady } from "../../analyzers/readiness.ts";
import { alongside } from "./alongside.ts";
import { AnsweringDesktops } from "./answering-desktops.ts";
import { OperatorHarness } from "./operator-harness.ts";

const harness = new OperatorHarness();
const desktops = new AnsweringDesktops(harness);

const idle = { after: "1h", action: "Suspend", warnBefore: "1m" } as const;
const notAnswering = { status: "False", reason: "StreamNotAnswering" };
const routeMissing = { status: "False", reason: "RouteMissing" };
// A desktop that never answered gets half a minute before its silence is told, and one that hangs 5 s for each look.
const told = 90_000;

const said = ({ status }: VDISession, type = "Ready") =>
  status?.conditions?.find((it) => it.type === type)?.message ?? "";

/** Waits for these words: what is told first may be another step on the way. */
async function saysWords(session: VDISession, words: string): Promise<void> {
  const says = (it: VDISession | undefined) => it !== undefined && said(it).includes(words);
  await harness.waitFor<VDISession>(harness.keyOf(session), says);
}

/** Without an end, as fast as it is taken. */
function pourInto(sink: Writable, text: string): void {
  const spring = new Readable({
    read() {
      this.push(text);
    },
  });
  pipeline(spring, sink, () => undefined);
}

describe("stream and address of sessions, which the operator asks itself,", () => {
  let operator: OperatorProcess;
  before(async () => (operator = await desktops.open()));
  after(() => desktops.close());

  alongside(
    "make it not Ready where the stream is silent, though the kubelet is content, and soon after, Ready",
    async () => {
      const session = await desktops.session("selkies-v2");
      const silent = await harness.waitForCondition(session, notAnswering, told);
      expect(isReady(await desktops.pod(session))).to.equal(true);
      expect(said(silent))
        .to.contain("refuses connections: nothing listens on spec.runtime.port of the template yet.")
        .and.contain("See the container's log");
      await desktops.start(session, "selkies-v2");
      await harness.waitForCondition(session);
    },
  );

  alongside("tell of a stream that goes away under a running desktop, and of its return", async () => {
    const session = await desktops.session("kasmvnc", { idle });
    const { stop } = await desktops.start(session, "kasmvnc");
    await harness.waitForCondition(session);
    await stop();
    const away = await harness.waitForCondition(session, notAnswering, told);
    expect(said(away)).to.contain(":6901 refuses connections");
    await desktops.start(session, "kasmvnc");
    await harness.waitForCondition(session);
  });

  alongside("wait for Traefik, which has no route yet, or one that leads to another session", async () => {
    const [session, other] = [await desktops.session("selkies-v2"), await desktops.session("selkies-v2")];
    const host = desktops.host(session);
    desktops.traefik.routes.delete(host);
    await Promise.all([desktops.start(session, "selkies-v2"), desktops.start(other, "selkies-v2")]);
    const missing = await harness.waitForCondition(session, routeMissing);
    expect(said(missing)).to.contain(`Traefik has no route for ${host} yet`);
    desktops.route(session, desktops.host(other));
    await saysWords(session, `${host} leads to another session`);
    desktops.route(session);
    await harness.waitForCondition(session);
    // The gateway needs no password.
    expect(desktops.traefik.authorizations.get(host)).to.equal(undefined);
  });

  alongside("go through Traefik with the image's own password where the image asks for it", async () => {
    const session = await desktops.session("selkies-v1", {}, { access: "Password" });
    desktops.traefik.routes.set(desktops.host(session), { url: "http://127.0.0.1:1" });
    const { desktop } = await desktops.start(session, "selkies-v1");
    await saysWords(session, "answers with HTTP 502: it does not reach the desktop or the gateway");
    desktops.traefik.routes.set(desktops.host(session), { url: await desktops.url(session, "selkies-v1") });
    await harness.waitForCondition(session);
    expect(desktop.refusals).to.equal(0);
  });

  const talk: Record<string, { says: string; talks: (socket: Socket) => void }> = {
    "accepts and never answers": {
      says: "does not answer within 5 s: the desktop hangs, or a NetworkPolicy keeps the operator out",
      talks: (socket) => socket.resume(),
    },
    "answers a letter at a time, without an end": {
      says: "does not answer within 5 s",
      talks: (socket) => {
        socket.resume().write("HTTP/1.1 200 OK\r\nX-Header: ");
        const drip = setInterval(() => socket.write("x"), 250);
        socket.once("close", () => clearInterval(drip));
      },
    },
    "answers with headers without an end": {
      says: "gives no answer",
      talks: (socket) => {
        socket.resume().write("HTTP/1.1 200 OK\r\n");
        pourInto(socket, `X-Header: ${"x".repeat(8_000)}\r\n`);
      },
    },
    "answers garbage": {
      says: "does not answer in HTTP: set spec.runtime.scheme of the template to https if it speaks TLS",
      talks: (socket) => socket.resume().end("\u0000\u0001 SSH-2.0 hello\r\n\r\n"),
    },
    "closes every connection": {
      says: "closes the connection without an answer",
      talks: (socket) => socket.destroy(),
    },
    "has another password": {
      says: "refuses the session's password (HTTP 401): delete the pod, so that it is made anew with it",
      talks: (socket) => socket.resume().end("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"),
    },
  };
  for (const [title, { says, talks }] of Object.entries(talk))
    alongside(`say what is wrong with a stream that ${title}`, async () => {
      const session = await desktops.session("selkies-v2");
      await desktops.accept(session, "selkies-v2", talks);
      expect(said(await harness.waitForCondition(session, notAnswering, told))).to.contain(says);
    });

  alongside("take an endless answer for a stream that is there, and for no word on who is connected", async () => {
    const session = await desktops.session("selkies-v2", { idle });
    await desktops.answer(session, "selkies-v2", (_, response) => pourInto(response, "x".repeat(65_536)));
    await harness.waitForCondition(session);
    const active = await harness.waitForCondition(session, { type: "Active", status: "Unknown", reason: "NotKnown" });
    expect(said(active, "Active")).to.contain("answers with more than 262144 bytes");
  });

  alongside("follow no redirect: the password goes to the session's own desktop alone", async () => {
    const [session, elsewhere] = [await desktops.session("selkies-v2", { idle }), await desktops.session("selkies-v2")];
    const { desktop } = await desktops.start(elsewhere, "selkies-v2");
    const { status } = await desktops.pod(elsewhere);
    await desktops.answer(session, "selkies-v2", (_, response) => {
      response.writeHead(302, { Location: `http://${status?.podIP}:8080/redirected` }).end();
    });
    const ready = await harness.waitForCondition(session);
    expect(said(ready, "Active")).to.equal("/api/metrics of the desktop answers with HTTP 302.");
    expect([desktop.refusals, desktop.asked.includes("/redirected")]).to.deep.equal([0, false]);
  });

  it("leave no password in the operator's log, in statuses, pods or events", async () => {
    const kinds = { "vdi.kasm.io/v1alpha1": "VDISession", v1: "Pod", "events.k8s.io/v1": "Event" };
    const lists = Object.entries(kinds).map(([version, kind]) =>
      harness.client.list(version, kind, { namespace: harness.namespace }),
    );
    const all = `${operator.log()}${JSON.stringify(await Promise.all(lists))}`;
    expect(desktops.credentials.length).to.be.greaterThan(4);
    for (const { user, password } of desktops.credentials) {
      expect(all.includes(password)).to.equal(false);
      expect(all.includes(Buffer.from(`${user}:${password}`).toString("base64"))).to.equal(false);
    }
  });

  it("keep no operator from its end, however many desktops hang", async () => {
    expect(operator.isRunning()).to.equal(true);
    expect(operator.log()).not.to.contain("a session could not be looked at");
    const began = performance.now();
    expect(await operator.stop()).to.equal("ended with exit code 0");
    expect(performance.now() - began).to.be.lessThan(10_000);
  });
});
