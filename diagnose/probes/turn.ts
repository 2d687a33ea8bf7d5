import { createHash, createHmac } from "node:crypto";
import { isIPv4 } from "node:net";
import type { ProbeResult } from "../../analyzers/snapshot.ts";
import { errorText } from "./errors.ts";
import { attributes, errorOf, methods, peerAttribute } from "./stun-message.ts";
import type { Attribute, StunMessage } from "./stun-message.ts";
import { StunClient } from "./stun.ts";
import type { TurnTarget } from "./targets.ts";

export interface TurnCredentials {
  readonly user: string;
  readonly password: string;
}

/** Credentials that end in ten minutes, as the operator makes them: coturn's use-auth-secret. */
export function ephemeralCredentials(secret: string, nowMs: number): TurnCredentials {
  const user = `${Math.floor(nowMs / 1_000) + 600}:kasm-vdi-diagnose`;
  return { user, password: createHmac("sha1", secret).update(user).digest("base64") };
}

/**
 * Asks for a relay: without credentials, which has to be refused, and with them where they were given. Then asks to relay to
 * addresses that no browser has to reach. Nothing is sent to them, and the relay is given back.
 */
export async function probeTurn(
  target: TurnTarget,
  credentials: TurnCredentials | undefined,
  timeoutMs: number,
): Promise<ProbeResult[]> {
  const { host, port, about } = target;
  const base = { target: `${host}:${port}`, about };
  const known = { host, port };
  let client: StunClient | undefined;
  try {
    client = await StunClient.to(target, timeoutMs);
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
    return credentials ? [refused, ...(await withCredentials(client, target, open, credentials))] : [refused];
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
  { host, port, about }: TurnTarget,
  challenge: StunMessage,
  credentials: TurnCredentials,
): Promise<ProbeResult[]> {
  const base = { target: `${host}:${port}`, about };
  let proof = proofFor(challenge, credentials);
  let answer = await client.ask(methods.allocate, [udp, ...proof.values], proof.key);
  if (!answer.isSuccess && errorOf(answer)[0] === staleNonce) {
    proof = proofFor(answer, credentials);
    answer = await client.ask(methods.allocate, [udp, ...proof.values], proof.key);
  }
  if (!answer.isSuccess) {
    const details = { host, port, errorCode: errorOf(answer)[0] };
    return [{ ...base, probe: "turn", ok: false, message: said(answer), details }];
  }
  const peers: ProbeResult[] = [];
  for (const peer of forbiddenPeers(host)) {
    const permitted = await client.ask(methods.createPermission, [peerAttribute(peer, 9), ...proof.values], proof.key);
    const isAllowed = permitted.isSuccess;
    const message = isAllowed ? `allows ${peer}` : `refuses ${peer}: ${said(permitted)}`;
    peers.push({ ...base, probe: "turn-peer", ok: !isAllowed, message, details: { host, port, peer, isAllowed } });
  }
  await release(client, proof);
  return [{ ...base, probe: "turn", ok: true, message: "gives a relay", details: { host, port } }, ...peers];
}

const staleNonce = 438;

interface Proof {
  readonly values: readonly Attribute[];
  readonly key: Buffer;
}

function proofFor({ attributes: found }: StunMessage, { user, password }: TurnCredentials): Proof {
  const realm = found.get(attributes.realm) ?? Buffer.alloc(0);
  const nonce = found.get(attributes.nonce) ?? Buffer.alloc(0);
  return {
    values: [
      [attributes.username, Buffer.from(user)],
      [attributes.realm, realm],
      [attributes.nonce, nonce],
    ],
    key: createHash("md5")
      .update(`${user}:${realm.toString("utf8")}:${password}`)
      .digest(),
  };
}

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
