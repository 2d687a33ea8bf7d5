import type { ClusterClient } from "../../kube/client.ts";
import { pause } from "../../kube/clock.ts";
import type { Clock } from "../../kube/clock.ts";

const askEveryMs = 5_000;

export interface ContactOptions {
  /** Gives up by itself when nobody answers. */
  readonly client: Pick<ClusterClient, "version">;
  readonly clock: Clock;
  readonly changed: (isAway: boolean) => void;
}

/** Whether the API server answers. A watch that has fallen silent looks like one on which nothing happens. */
export class Contact {
  readonly #options: ContactOptions;
  #isAway = false;

  constructor(options: ContactOptions) {
    this.#options = options;
  }

  get isAway(): boolean {
    return this.#isAway;
  }

  /** Asks every few seconds until `signal` aborts. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { client, clock, changed } = this.#options;
    const isOver = () => signal.aborted;
    while (!isOver()) {
      const isAway = await client.version().then(
        () => false,
        () => true,
      );
      if (isOver()) return;
      if (isAway !== this.#isAway) {
        this.#isAway = isAway;
        changed(isAway);
      }
      await pause(clock, askEveryMs, signal);
    }
  }
}
