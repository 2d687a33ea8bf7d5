import { createSocket } from "node:dgram";
import type { Socket } from "node:dgram";
import { isIPv6 } from "node:net";
import type { ProbeResult } from "../../analyzers/snapshot.ts";
import { errorText } from "./errors.ts";
import { methods, stunAnswer, stunRequest } from "./stun-message.ts";
import type { Attribute, StunMessage } from "./stun-message.ts";
import type { TurnTarget } from "./targets.ts";
import { within } from "./within.ts";

/** A conversation with one server by UDP, where each packet may be lost. */
export class StunClient {
  readonly #socket: Socket;
  readonly #timeoutMs: number;
  readonly #waiting = new Map<string, (message: StunMessage) => void>();

  private constructor(socket: Socket, timeoutMs: number) {
    this.#socket = socket;
    this.#timeoutMs = timeoutMs;
    socket.on("message", (bytes) => {
      const message = stunAnswer(bytes);
      if (message) this.#waiting.get(message.transaction)?.(message);
    });
  }

  /** @throws where the address cannot be sent to */
  static async to({ host, port }: Pick<TurnTarget, "host" | "port">, timeoutMs: number): Promise<StunClient> {
    const socket = createSocket(isIPv6(host) ? "udp6" : "udp4");
    await new Promise<void>((resolve, reject) => {
      socket.once("error", reject);
      socket.connect(port, host, resolve);
    });
    return new StunClient(socket, timeoutMs);
  }

  /** Sends a request until it is answered, at growing intervals. */
  async ask(method: number, values: readonly Attribute[] = [], key?: Buffer): Promise<StunMessage> {
    const { bytes, transaction } = stunRequest(method, values, key);
    const timers: NodeJS.Timeout[] = [];
    const answer = new Promise<StunMessage>((resolve, reject) => {
      this.#waiting.set(transaction, resolve);
      // The address is there, and nothing listens: the system says so at the next packet.
      this.#socket.once("error", reject);
      for (const ms of [0, 500, 1_500]) timers.push(setTimeout(() => this.#socket.send(bytes), ms));
    });
    try {
      return await within(this.#timeoutMs, answer);
    } finally {
      for (const timer of timers) clearTimeout(timer);
      this.#waiting.delete(transaction);
    }
  }

  close(): void {
    this.#socket.close();
  }
}

/** Whether a TURN server's port answers by UDP. It says nothing of its relay range. */
export async function probeStun(target: TurnTarget, timeoutMs: number): Promise<ProbeResult> {
  const { host, port, about } = target;
  const base = { probe: "stun", target: `${host}:${port}`, about, details: { host, port } };
  let client: StunClient | undefined;
  try {
    client = await StunClient.to(target, timeoutMs);
    await client.ask(methods.binding);
    return { ...base, ok: true, message: "answers" };
  } catch (error) {
    return { ...base, ok: false, message: errorText(error) };
  } finally {
    client?.close();
  }
}
