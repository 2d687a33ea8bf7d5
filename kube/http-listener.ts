import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Clock } from "./clock.ts";

/**
 * Longer than Traefik keeps idle connections (90 s), or it would ask on one that is being closed. Whoever sends slowly is
 * cut off.
 */
export const timeoutsBehindTraefik = { headersTimeout: 5_000, requestTimeout: 10_000, keepAliveTimeout: 120_000 };

/** Where a server listens; port 0 takes any free one. */
export interface ListenAddress {
  readonly port: number;
  readonly host?: string | undefined;
}

/** @returns the port that it listens at */
export async function listen(server: Server, { port, host }: ListenAddress): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  return (server.address() as AddressInfo).port;
}

const graceMs = 5_000;

/** Takes no connections any more, and lets those that are asked on get their answers, for 5 s at most. */
export function closeGracefully(server: Server, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after(graceMs, () => server.closeAllConnections());
    server.close(() => {
      cancel();
      resolve();
    });
    server.closeIdleConnections();
  });
}
