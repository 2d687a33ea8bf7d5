import type { ProbeResult } from "../../analyzers/snapshot.ts";
import { errorText } from "./errors.ts";
import { methods, stunAnswer, stunRequest } from "./stun-message.ts";
import type { Attribute, StunMessage } from "./stun-message.ts";
import { transportTo } from "./stun-transport.ts";
import type { StunTransport, TransportName } from "./stun-transport.ts";
import type { TurnTarget } from "./targets.ts";
import { within } from "./within.ts";

/** A conversation with one server. */
export class StunClient {
  readonly #transport: StunTransport;
  readonly #timeoutMs: number;
  readonly #waiting = new Map<string, (message: StunMessage) => void>();
  #fail: (error: Error) => void = () => undefined;
  #take: (message: StunMessage) => void = () => undefined;

  private constructor(transport: StunTransport, timeoutMs: number) {
    this.#transport = transport;
    this.#timeoutMs = timeoutMs;
    // The address is there, and nothing listens: the system says so at the next packet.
    transport.onError((error) => this.#fail(error));
    transport.onMessage((bytes) => {
      const message = stunAnswer(bytes);
      if (message?.isIndication) this.#take(message);
      else if (message) this.#waiting.get(message.transaction)?.(message);
    });
  }

  /** @throws where the address cannot be sent to */
  static async to(
    target: Pick<TurnTarget, "host" | "port">,
    timeoutMs: number,
    transport: TransportName = "udp",
  ): Promise<StunClient> {
    return new StunClient(await transportTo(transport, target, timeoutMs), timeoutMs);
  }

  /** Sends a request until it is answered; by UDP again, at growing intervals. */
  async ask(method: number, values: readonly Attribute[] = [], key?: Buffer): Promise<StunMessage> {
    const { bytes, transaction } = stunRequest(method, values, key);
    const timers: NodeJS.Timeout[] = [];
    const answer = new Promise<StunMessage>((resolve, reject) => {
      this.#waiting.set(transaction, resolve);
      this.#fail = reject;
      const times = this.#transport.mayLose ? [0, 500, 1_500] : [0];
      for (const ms of times) timers.push(setTimeout(() => this.#transport.send(bytes), ms));
    });
    try {
      return await within(this.#timeoutMs, answer);
    } finally {
      for (const timer of timers) clearTimeout(timer);
      this.#waiting.delete(transaction);
      this.#fail = () => undefined;
    }
  }

  /** The next message that nobody has asked for and that fits: data that came to the relay. */
  async indication(fits: (message: StunMessage) => boolean): Promise<StunMessage> {
    try {
      const arrived = new Promise<StunMessage>((resolve) => {
        this.#take = (message) => {
          if (fits(message)) resolve(message);
        };
      });
      return await within(this.#timeoutMs, arrived);
    } finally {
      this.#take = () => undefined;
    }
  }

  close(): void {
    this.#transport.close();
  }
}

/** Whether a TURN server's port answers. It says nothing of its relay range. */
export async function probeStun(
  target: TurnTarget,
  timeoutMs: number,
  transport: TransportName = "udp",
): Promise<ProbeResult> {
  const { host, port, about } = target;
  const base = { probe: "stun", target: `${host}:${port}`, about, details: { host, port, transport } };
  let client: StunClient | undefined;
  try {
    client = await StunClient.to(target, timeoutMs, transport);
    await client.ask(methods.binding);
    return { ...base, ok: true, message: "answers" };
  } catch (error) {
    return { ...base, ok: false, message: errorText(error) };
  } finally {
    client?.close();
  }
}
