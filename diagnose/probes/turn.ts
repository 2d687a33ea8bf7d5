import { isIPv4 } from "node:net";
import type { ProbeResult } from "../../analyzers/snapshot.ts";
import { errorText } from "./errors.ts";
import { attributes, errorOf, methods, peerAttribute } from "./stun-message.ts";
import type { Attribute, StunMessage } from "./stun-message.ts";
import { StunClient } from "./stun.ts";
import type { TransportName } from "./stun-transport.ts";
import type { TurnTarget } from "./targets.ts";
import { proofFor } from "./turn-proof.ts";
import type { Proof, TurnCredentials } from "./turn-proof.ts";
import { probeRelay } from "./turn-relay.ts";

/**
 * Asks for a relay: without credentials, which has to be refused, and with them where they were given. Then asks to relay to
 * addresses that no browser has to reach. Nothing is sent to them, and the relay is given back.
 */
export async function probeTurn(
  target: TurnTarget,
  credentials: TurnCredentials | undefined,
  timeoutMs: number,
  transport: TransportName = "udp",
): Promise<ProbeResult[]> {
  const { host, port, about } = target;
  const base = { target: `${host}:${port}`, about };
  const known = { host, port, transport };
  let client: StunClient | undefined;
  try {
    client = await StunClient.to(target, timeoutMs, transport);
    const open = await client.ask(methods.allocate, [udp]);
    if (open.isSuccess) {
      await release(client);
      const details = { ...known, withoutCredentials: true, isAllocated: true };
      return [{ ...base, probe: "turn", ok: false, message: "gives a relay without credentials", details }];
    }
    const first = { ...known, withoutCredentials: true, isAllocated: false };
    const refused = {
      ...base,
      probe: "turn",
      ok: true,
      message: `refuses without credentials: ${said(open)}`,
      details: first,
    };
    return credentials
      ? [refused, ...(await withCredentials(client, target, open, credentials, transport))]
      : [refused];
  } catch (error) {
    // That nothing answers is what the binding request tells.
    return [
      {
        ...base,
        probe: "turn",
        ok: true,
        message: errorText(error),
        details: { ...known, withoutCredentials: true, isAllocated: false },
      },
    ];
  } finally {
    client?.close();
  }
}

// Protocol 17 is UDP.
const udp: Attribute = [attributes.requestedTransport, Buffer.from([17, 0, 0, 0])];

async function withCredentials(
  client: StunClient,
  target: TurnTarget,
  challenge: StunMessage,
  credentials: TurnCredentials,
  transport: TransportName,
): Promise<ProbeResult[]> {
  const { host, port, about } = target;
  const base = { target: `${host}:${port}`, about };
  let proof = proofFor(challenge, credentials);
  let answer = await client.ask(methods.allocate, [udp, ...proof.values], proof.key);
  if (!answer.isSuccess && errorOf(answer)[0] === staleNonce) {
    proof = proofFor(answer, credentials);
    answer = await client.ask(methods.allocate, [udp, ...proof.values], proof.key);
  }
  if (!answer.isSuccess) {
    const details = { host, port, transport, errorCode: errorOf(answer)[0] };
    return [{ ...base, probe: "turn", ok: false, message: said(answer), details }];
  }
  const given = { ...base, probe: "turn", ok: true, message: "gives a relay", details: { host, port, transport } };
  // Relays are the same whichever way their owner comes.
  if (transport === "tcp") {
    await release(client, proof);
    return [given];
  }
  const relay = await probeRelay(client, target, answer, proof);
  const peers: ProbeResult[] = [];
  for (const peer of forbiddenPeers(host)) {
    const permitted = await client.ask(methods.createPermission, [peerAttribute(peer, 9), ...proof.values], proof.key);
    const isAllowed = permitted.isSuccess;
    const message = isAllowed ? `allows ${peer}` : `refuses ${peer}: ${said(permitted)}`;
    peers.push({ ...base, probe: "turn-peer", ok: !isAllowed, message, details: { host, port, peer, isAllowed } });
  }
  await release(client, proof);
  return [given, ...(relay ? [relay] : []), ...peers];
}

const staleNonce = 438;

/** Loopback, the clouds' metadata service, and the server's own address. */
function forbiddenPeers(host: string): string[] {
  return ["127.0.0.1", "169.254.169.254", ...(isIPv4(host) ? [host] : [])].filter(
    (it, at, all) => all.indexOf(it) === at,
  );
}

async function release(client: StunClient, proof?: Proof): Promise<void> {
  try {
    await client.ask(methods.refresh, [[attributes.lifetime, Buffer.alloc(4)], ...(proof?.values ?? [])], proof?.key);
  } catch {
    // It ends by itself after some minutes.
  }
}

function said(answer: StunMessage): string {
  const [code, reason] = errorOf(answer);
  return `${code} ${reason}`;
}
