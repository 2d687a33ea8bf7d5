import type { IncomingMessage } from "node:http";
import { isIP, isIPv6 } from "node:net";
import { RateLimit } from "./rate-limit.ts";

export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

/** Limits people of whom nothing is known but where they come from: each address, and all together beyond that. */
export class StrangerLimit {
  readonly #each: RateLimit;
  readonly #all: RateLimit;

  constructor(each: Rate, all: Rate) {
    this.#each = new RateLimit(each.burst, each.perSecond);
    this.#all = new RateLimit(all.burst, all.perSecond);
  }

  /** Takes one. @returns milliseconds to wait when there is none, else 0 */
  take(request: Pick<IncomingMessage, "headersDistinct" | "socket">, nowMs: number): number {
    // What an address has too much of is not taken from all.
    return this.#each.take(networkOf(addressOf(request)), nowMs) || this.#all.take("", nowMs);
  }
}

/**
 * Where a request comes from: as Traefik has seen it, which takes an X-Real-Ip of anybody but its trusted proxies away. The list
 * in X-Forwarded-For begins with whatever the client likes.
 */
function addressOf({ headersDistinct, socket }: Pick<IncomingMessage, "headersDistinct" | "socket">): string {
  const told = headersDistinct["x-real-ip"]?.at(-1) ?? "";
  return isIP(told) === 0 ? (socket.remoteAddress ?? "") : told;
}

/** An IPv4 address, or the 64 bits of an IPv6 address that a site has at least: it may choose the others for each request. */
function networkOf(address: string): string {
  const [, mapped] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address) ?? [];
  if (mapped !== undefined || !isIPv6(address)) return mapped ?? address;
  const [before = "", after] = address.split("%", 1).join("").split("::");
  const head = before.split(":").filter((it) => it !== "");
  const tail = (after ?? "").split(":").filter((it) => it !== "");
  const zeros = Array.from({ length: Math.max(0, 8 - head.length - tail.length) }, () => "0");
  const groups = [...head, ...(after === undefined ? [] : zeros), ...tail].slice(0, 4);
  return groups.map((it) => parseInt(it, 16).toString(16)).join(":");
}
