import { randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";
import type { ProbeResult } from "../../analyzers/snapshot.ts";
import { addressIn, attributes, methods, peerAttribute } from "./stun-message.ts";
import type { StunMessage } from "./stun-message.ts";
import type { StunClient } from "./stun.ts";
import type { Proof } from "./turn-proof.ts";
import type { TurnTarget } from "./targets.ts";

/**
 * Whether what is sent from outside to a relay port arrives: a few bytes from this machine, which the server hands on to this
 * machine. Undefined where the server may not relay to here, as with an address in a private range: then it cannot be told.
 */
export async function probeRelay(
  client: StunClient,
  { host, port, about }: TurnTarget,
  allocation: StunMessage,
  proof: Proof,
): Promise<ProbeResult | undefined> {
  const relayed = addressIn(allocation, attributes.xorRelayedAddress);
  const here = addressIn(allocation, attributes.xorMappedAddress);
  if (!relayed || !here) return undefined;
  const peer = peerAttribute(here.address, here.port);
  const permitted = await client.ask(methods.createPermission, [peer, ...proof.values], proof.key);
  if (!permitted.isSuccess) return undefined;
  const token = randomBytes(16);
  const base = { probe: "turn-relay", target: `${host}:${relayed.port}`, about };
  const details = { host, port, relayPort: relayed.port };
  const socket = createSocket("udp4");
  // Whatever the network says of these packets, only that they arrive counts.
  socket.on("error", () => undefined);
  const timer = setInterval(() => socket.send(token, relayed.port, host), 200);
  try {
    await client.indication((it) => it.attributes.get(attributes.data)?.equals(token) === true);
    return { ...base, ok: true, message: "hands on what comes to its relay port", details };
  } catch {
    return { ...base, ok: false, message: "nothing arrives at its relay port", details };
  } finally {
    clearInterval(timer);
    socket.close();
  }
}
