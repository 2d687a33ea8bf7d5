import { once } from "node:events";
import type { Server, Socket } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * A network for the lab's simulated pods: whoever listens here at a pod's address and port is what an operator with
 * {@link env} finds there. On Linux all of 127.0.0.0/8 is this machine, so that each pod has ports of its own.
 */
export class PodNetwork {
  // Labs beside this one give their pods the same addresses.
  readonly #prefix = `127.${1 + (process.pid % 254)}`;
  /** By place and port. */
  readonly #closers = new Map<string, () => Promise<void>>();

  /** Makes it the operator's network. */
  get env(): Record<string, string> {
    const route = pathToFileURL(join(import.meta.dirname, "way-to-pods.ts")).href;
    return { NODE_OPTIONS: `--import=${route}`, TEST_POD_NETWORK: this.#prefix };
  }

  /** Where on this machine a pod's address is. */
  place(podIp: string): string {
    return podIp.replace(/^10\.42/, this.#prefix);
  }

  /**
   * What listened there before is of a pod that is gone: its address is another's now.
   *
   * @returns ends the server and its connections: from then on the address refuses new ones
   */
  async listen(server: Server, podIp: string, port: number): Promise<() => Promise<void>> {
    const place = `${this.place(podIp)}:${port}`;
    await this.#closers.get(place)?.();
    const sockets = new Set<Socket>();
    server.on("connection", (socket) => {
      sockets.add(socket);
      socket.on("error", () => undefined).once("close", () => sockets.delete(socket));
    });
    server.listen(port, this.place(podIp));
    await once(server, "listening");
    const close = async () => {
      if (this.#closers.get(place) !== close) return;
      this.#closers.delete(place);
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    };
    this.#closers.set(place, close);
    return close;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#closers.values()].map((close) => close()));
  }
}
