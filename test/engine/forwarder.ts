import { connect, createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";

/** Forwards connections to a port of this machine, until it swallows what comes without a word. */
export class Forwarder {
  readonly #server: Server;
  readonly #pairs = new Set<[Socket, Socket]>();
  #swallowsAll = false;

  constructor(target: number) {
    this.#server = createServer((near) => {
      const far = connect(target, "127.0.0.1");
      const pair: [Socket, Socket] = [near, far];
      this.#pairs.add(pair);
      for (const [from, to] of [pair, [far, near] as const]) {
        from.on("data", (chunk) => {
          if (this.#pairs.has(pair) && !this.#swallowsAll) to.write(chunk);
        });
        from.on("error", () => undefined);
        from.on("close", () => {
          if (this.#pairs.has(pair)) to.destroy();
        });
      }
    });
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  get connections(): number {
    return this.#pairs.size;
  }

  /** The connections of now stay open and carry nothing any more; new ones work. */
  silence(): void {
    this.#silent.push(...this.#pairs);
    this.#pairs.clear();
  }
  readonly #silent: [Socket, Socket][] = [];

  /** Nothing passes at all, or everything again but what was silenced. */
  swallowAll(swallows: boolean): void {
    this.#swallowsAll = swallows;
  }

  close(): void {
    this.#server.close();
    for (const pair of [...this.#pairs, ...this.#silent]) for (const socket of pair) socket.destroy();
  }
}
