import { expect } from "chai";
import { createHash, createHmac } from "node:crypto";
import { createSocket } from "node:dgram";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { attributes, methods, peerAttribute, stunAnswer, stunRequest } from "../../../diagnose/probes/stun-message.ts";
import type { StunMessage } from "../../../diagnose/probes/stun-message.ts";
import { probeStun } from "../../../diagnose/probes/stun.ts";
import type { TurnTarget } from "../../../diagnose/probes/targets.ts";
import { ephemeralCredentials } from "../../../diagnose/probes/turn-proof.ts";
import { probeTurn } from "../../../diagnose/probes/turn.ts";

/** How a server on loopback answers a request: a success, or an error's code. */
type Server = (request: StunMessage, isProven: boolean) => number | "success";

const realm = "turn.example.com";
const secret = "shared";

function attribute(type: number, value: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(value.length, 2);
  return Buffer.concat([head, value, Buffer.alloc((4 - (value.length % 4)) % 4)]);
}

function answerTo(request: Buffer, outcome: number | "success"): Buffer {
  const method = request.readUInt16BE(0);
  const body =
    outcome === "success"
      ? Buffer.alloc(0)
      : Buffer.concat([
          attribute(
            attributes.errorCode,
            Buffer.concat([Buffer.from([0, 0, Math.floor(outcome / 100), outcome % 100]), Buffer.from("No")]),
          ),
          attribute(attributes.realm, Buffer.from(realm)),
          attribute(attributes.nonce, Buffer.from("nonce")),
        ]);
  const head = Buffer.from(request.subarray(0, 20));
  head.writeUInt16BE(method | (outcome === "success" ? 0x0100 : 0x0110), 0);
  head.writeUInt16BE(body.length, 2);
  return Buffer.concat([head, body]);
}

/** Whether a request carries a proof that fits its user: coturn's use-auth-secret. */
function isProven(bytes: Buffer, message: StunMessage): boolean {
  const proof = message.attributes.get(attributes.messageIntegrity);
  const user = message.attributes.get(attributes.username)?.toString() ?? "";
  if (!proof) return false;
  const password = createHmac("sha1", secret).update(user).digest("base64");
  const key = createHash("md5").update(`${user}:${realm}:${password}`).digest();
  return createHmac("sha1", key)
    .update(bytes.subarray(0, bytes.length - 24))
    .digest()
    .equals(proof);
}

async function serving<T>(server: Server, use: (target: TurnTarget, asked: number[]) => Promise<T>): Promise<T> {
  const socket = createSocket("udp4");
  const asked: number[] = [];
  socket.on("message", (bytes, { port, address }) => {
    const message = stunAnswer(bytes);
    if (!message) return;
    asked.push(message.method);
    socket.send(answerTo(bytes, server(message, isProven(bytes, message))), port, address);
  });
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  try {
    return await use(
      { about: "DaemonSet turn/coturn", host: "127.0.0.1", port: socket.address().port, hasTcp: false },
      asked,
    );
  } finally {
    socket.close();
  }
}

const credentials = ephemeralCredentials(secret, Date.parse("2026-01-01T00:00:00Z"));
const told = (results: Awaited<ReturnType<typeof probeTurn>>) =>
  results.map(({ probe, ok, message }) => `${probe} ${ok ? "ok" : "not ok"}: ${message}`);

/** As the program configures coturn: credentials, and no peers in private ranges. */
const right: Server = ({ method }, proven) =>
  method === methods.binding ? "success" : !proven ? 401 : method === methods.createPermission ? 403 : "success";

describe("a STUN message", () => {
  it("is read as it was written", () => {
    const { bytes, transaction } = stunRequest(methods.allocate, [[attributes.realm, Buffer.from("abc")]]);
    const read = stunAnswer(bytes)!;
    expect(read.transaction).to.equal(transaction);
    expect(read.method).to.equal(methods.allocate);
    expect(read.attributes.get(attributes.realm)?.toString()).to.equal("abc");
  });

  it("is nothing where the bytes are of something else, or end in the middle", () => {
    expect(stunAnswer(Buffer.from("GET / HTTP/1.1\r\nHost: x\r\n\r\n"))).to.equal(undefined);
    const { bytes } = stunRequest(methods.allocate, [[attributes.realm, Buffer.from("abcdefgh")]]);
    expect(stunAnswer(bytes.subarray(0, 26))!.attributes.size).to.equal(0);
  });
});

describe("the probe of a TURN server", () => {
  it("makes credentials as coturn's use-auth-secret has them", () => {
    expect(credentials.user).to.equal("1767226200:kasm-vdi-diagnose");
    expect(credentials.password).to.equal(createHmac("sha1", secret).update(credentials.user).digest("base64"));
  });

  it("hears the answer to a binding request", async () => {
    expect((await serving(right, (target) => probeStun(target, 1_000))).ok).to.equal(true);
  });

  it("ends in time where nobody answers", async () => {
    const socket = createSocket("udp4");
    await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
    const { port } = socket.address();
    const result = await probeStun({ about: "DaemonSet turn/coturn", host: "127.0.0.1", port, hasTcp: false }, 150);
    socket.close();
    expect(result).to.include({ ok: false, message: "does not answer in time" });
  });

  it("is content with a server that refuses strangers, relays for those who may, and to nobody inside", async () => {
    await serving(right, async (target, asked) => {
      expect(told(await probeTurn(target, credentials, 1_000))).to.deep.equal([
        "turn ok: refuses without credentials: 401 No",
        "turn ok: gives a relay",
        "turn-peer ok: refuses 127.0.0.1: 403 No",
        "turn-peer ok: refuses 169.254.169.254: 403 No",
      ]);
      expect(asked.at(-1), "the relay is given back").to.equal(methods.refresh);
    });
  });

  it("asks for nothing more without credentials", async () => {
    await serving(right, async (target, asked) => {
      expect(told(await probeTurn(target, undefined, 1_000))).to.deep.equal([
        "turn ok: refuses without credentials: 401 No",
      ]);
      expect(asked).to.deep.equal([methods.allocate]);
    });
  });

  it("finds a relay that is open to everybody", async () => {
    const [result] = await serving(
      () => "success",
      (target) => probeTurn(target, undefined, 1_000),
    );
    expect(result).to.deep.include({ ok: false, message: "gives a relay without credentials" });
    expect(result?.details).to.include({ withoutCredentials: true, isAllocated: true });
  });

  it("finds a relay to addresses inside", async () => {
    const server: Server = (_, proven) => (proven ? "success" : 401);
    const results = await serving(server, (target) => probeTurn(target, credentials, 1_000));
    expect(results.filter(({ ok }) => !ok).map(({ details }) => details?.["peer"])).to.deep.equal([
      "127.0.0.1",
      "169.254.169.254",
    ]);
  });

  it("tells the code with which credentials are refused", async () => {
    const results = await serving(
      () => 401,
      (target) => probeTurn(target, credentials, 1_000),
    );
    expect(results.at(-1)).to.deep.include({ ok: false, message: "401 No" });
  });

  it("takes a new nonce where the first is out of date", async () => {
    let before = 0;
    const server: Server = (message, proven) =>
      proven && message.method === methods.allocate && before++ === 0 ? 438 : right(message, proven);
    expect(told(await serving(server, (target) => probeTurn(target, credentials, 1_000)))[1]).to.equal(
      "turn ok: gives a relay",
    );
  });

  it("asks by TCP, in pieces or several messages at once, and does not ask for peers again", async () => {
    const server = createServer((socket) => {
      let rest = Buffer.alloc(0);
      socket.on("data", (bytes: Buffer) => {
        rest = Buffer.concat([rest, bytes]);
        for (;;) {
          const length = rest.length < 20 ? Infinity : 20 + rest.readUInt16BE(2);
          if (rest.length < length) return;
          const request = rest.subarray(0, length);
          rest = rest.subarray(length);
          const message = stunAnswer(request)!;
          const answer = answerTo(request, right(message, isProven(request, message)));
          socket.write(answer.subarray(0, 10));
          setTimeout(() => socket.write(answer.subarray(10)), 5);
        }
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const target = { ...here, port: (server.address() as AddressInfo).port, hasTcp: true };
    try {
      expect(await probeStun(target, 1_000, "tcp")).to.deep.include({ ok: true, message: "answers" });
      const results = await probeTurn(target, credentials, 1_000, "tcp");
      expect(told(results)).to.deep.equal(["turn ok: refuses without credentials: 401 No", "turn ok: gives a relay"]);
      expect(results[1]?.details).to.include({ transport: "tcp" });
    } finally {
      server.close();
    }
  });

  it("tells that nothing listens by TCP", async () => {
    const { port } = await closedPort();
    const result = await probeStun({ ...here, port, hasTcp: true }, 1_000, "tcp");
    expect(result).to.deep.include({ ok: false, message: "refuses the connection" });
  });

  for (const [arrives, message] of [
    [true, "turn-relay ok: hands on what comes to its relay port"],
    [false, "turn-relay not ok: nothing arrives at its relay port"],
  ] as const)
    it(`sees whether what comes to a relay port arrives: ${String(arrives)}`, async () => {
      await relaying(arrives, async (target) => {
        expect(told(await probeTurn(target, credentials, 700))).to.include(message);
      });
    });
});

const here = { about: "DaemonSet turn/coturn", host: "127.0.0.1" };

async function closedPort(): Promise<AddressInfo> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return address;
}

/** A server with one relay port, open or closed. */
async function relaying(isOpen: boolean, use: (target: TurnTarget) => Promise<void>): Promise<void> {
  const [socket, relay] = [createSocket("udp4"), createSocket("udp4")];
  await Promise.all([socket, relay].map((it) => new Promise<void>((done) => it.bind(0, "127.0.0.1", done))));
  let client = 0;
  socket.on("message", (bytes, { port }) => {
    const message = stunAnswer(bytes)!;
    client = port;
    const proven = isProven(bytes, message);
    // It may relay to this machine, and to no other peer that is asked about.
    const isForbidden = message.method === methods.createPermission && !asksFor(message, port);
    const outcome = !proven ? 401 : isForbidden ? 403 : "success";
    const given =
      proven && message.method === methods.allocate
        ? [
            attribute(attributes.xorRelayedAddress, peerAttribute("127.0.0.1", relay.address().port)[1]),
            attribute(attributes.xorMappedAddress, peerAttribute("127.0.0.1", port)[1]),
          ]
        : [];
    socket.send(withBody(answerTo(bytes, outcome), given), port, "127.0.0.1");
  });
  relay.on("message", (data) => {
    if (!isOpen) return;
    const head = stunRequest(methods.data, [[attributes.data, data]]).bytes;
    head.writeUInt16BE(methods.data | 0x0010, 0);
    socket.send(head, client, "127.0.0.1");
  });
  try {
    await use({ ...here, port: socket.address().port, hasTcp: false });
  } finally {
    socket.close();
    relay.close();
  }
}

function asksFor({ attributes: found }: StunMessage, port: number): boolean {
  return found.get(attributes.xorPeerAddress)?.equals(peerAttribute("127.0.0.1", port)[1]) === true;
}

function withBody(answer: Buffer, more: readonly Buffer[]): Buffer {
  const whole = Buffer.concat([answer, ...more]);
  whole.writeUInt16BE(whole.length - 20, 2);
  return whole;
}
