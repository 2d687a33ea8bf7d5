import type { IncomingMessage } from "node:http";
import type { Clock } from "../../kube/clock.ts";
import { Refusal } from "../api/problem.ts";
import { ProvenTokens } from "../rights/proven-tokens.ts";
import { RateLimit } from "../rights/rate-limit.ts";
import { StrangerLimit } from "../rights/stranger-limit.ts";

/**
 * How often who may ask. Whom a cookie of ours, or the site's header, names has limits of their own, which nobody else can use
 * up; strangers have theirs by address. Each takes one, and throws a Refusal where there is none.
 */
export class Limits {
  readonly #clock: Clock;
  // Pages make a handful of requests at once.
  readonly #requests = new RateLimit(60, 10);
  readonly #changes = new RateLimit(20, 1);
  // Each costs the issuer a request; a sign-in that was begun has one code to show.
  readonly #renewals = new RateLimit(10, 0.1);
  readonly #flows = new RateLimit(3, 0.01);
  // Who begins costs next to nothing, and a whole site may be behind one address.
  readonly #begins = new StrangerLimit({ burst: 200, perSecond: 50 }, { burst: 600, perSecond: 150 });
  // Each costs the API server a review or two.
  readonly #tokens = new StrangerLimit({ burst: 60, perSecond: 20 }, { burst: 200, perSecond: 50 });
  readonly #proven = new ProvenTokens(60, 10);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  request(user: string, isChange: boolean): void {
    this.#take(this.#requests, user);
    if (isChange) this.#take(this.#changes, user);
  }

  renewal(user: string): void {
    this.#take(this.#renewals, user);
  }

  /** @param flow state of a sign-in that was begun here */
  flow(flow: string): void {
    this.#take(this.#flows, flow);
  }

  begin(request: IncomingMessage): void {
    refuseFor(this.#begins.take(request, this.#clock.now()));
  }

  /** Whose it is costs a review to find out. */
  token(request: IncomingMessage, authorization: string): void {
    const nowMs = this.#clock.now();
    refuseFor(this.#proven.take(authorization, nowMs) ?? this.#tokens.take(request, nowMs));
  }

  /** Somebody is known by a token. */
  tokenIsProven(authorization: string): void {
    this.#proven.add(authorization, this.#clock.now());
  }

  #take(limit: RateLimit, key: string): void {
    refuseFor(limit.take(key, this.#clock.now()));
  }
}

function refuseFor(waitMs: number): void {
  if (waitMs > 0)
    throw new Refusal(429, "Too many requests; try again in a moment.", {
      "Retry-After": String(Math.ceil(waitMs / 1_000)),
    });
}
