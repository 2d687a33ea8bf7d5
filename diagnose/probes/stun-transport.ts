import { createSocket } from "node:dgram";
import { connect, isIPv6 } from "node:net";
import type { TurnTarget } from "./targets.ts";
import { within } from "./within.ts";

export type TransportName = "udp" | "tcp";

/** What carries STUN messages to one server and back. */
export interface StunTransport {
  /** By UDP each packet may be lost, and is sent again. */
  readonly mayLose: boolean;
  readonly send: (bytes: Buffer) => void;
  readonly onMessage: (take: (bytes: Buffer) => void) => void;
  readonly onError: (take: (error: Error) => void) => void;
  readonly close: () => void;
}

type Address = Pick<TurnTarget, "host" | "port">;

/** @throws where the address cannot be sent to, or does not take the connection in time */
export function transportTo(name: TransportName, target: Address, timeoutMs: number): Promise<StunTransport> {
  return name === "udp" ? byUdp(target) : byTcp(target, timeoutMs);
}

async function byUdp({ host, port }: Address): Promise<StunTransport> {
  const socket = createSocket(isIPv6(host) ? "udp6" : "udp4");
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.connect(port, host, resolve);
  });
  return {
    mayLose: true,
    send: (bytes) => socket.send(bytes),
    onMessage: (take) => socket.on("message", take),
    onError: (take) => socket.on("error", take),
    close: () => socket.close(),
  };
}

async function byTcp({ host, port }: Address, timeoutMs: number): Promise<StunTransport> {
  const socket = connect({ host, port });
  try {
    await within(
      timeoutMs,
      new Promise<void>((resolve, reject) => {
        socket.once("connect", resolve);
        socket.once("error", reject);
      }),
    );
  } catch (error) {
    socket.destroy();
    throw error;
  }
  return {
    mayLose: false,
    send: (bytes) => socket.write(bytes),
    onMessage: (take) => {
      let rest = Buffer.alloc(0);
      socket.on("data", (bytes: Buffer) => {
        rest = Buffer.concat([rest, bytes]).subarray(-mostBytes);
        // A message says in its header how long it is (RFC 8489, section 6.2.2).
        for (let length = messageLength(rest); length <= rest.length; length = messageLength(rest)) {
          take(rest.subarray(0, length));
          rest = rest.subarray(length);
        }
      });
    },
    onError: (take) => {
      socket.on("error", take);
      socket.on("close", () => take(new Error("closes the connection")));
    },
    close: () => socket.destroy(),
  };
}

const mostBytes = 131_072;

function messageLength(bytes: Buffer): number {
  return bytes.length < 20 ? Infinity : 20 + bytes.readUInt16BE(2);
}
