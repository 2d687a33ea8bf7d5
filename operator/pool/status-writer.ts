import type { Clock } from "../../kube/clock.ts";
import { apiVersion } from "../api/objects.ts";
import type { VDIPool } from "../api/objects.ts";
import type { VDIPoolStatus } from "../api/vdi-pool.ts";
import { keyBeside } from "../resources/keys.ts";
import { applyStatus } from "../status/apply-status.ts";
import type { StatusTarget } from "../status/apply-status.ts";
import { done, restMs } from "../status/pace.ts";
import type { Load, Pace } from "../status/pace.ts";
import { poolStatusChanged } from "./status.ts";

export interface PoolStatusWriterOptions extends StatusTarget {
  clock: Clock;
}

// Each session that takes a desktop moves the figures; nobody can read them more often.
const calmMs = 1_000;
// A busy morning takes a desktop each few seconds; who undoes each write must not be answered without end.
const pace: Pace = { atOnce: 30, restMs: 3_000 };

/** Writes a pool's status when it differs, at most once a second. */
export class PoolStatusWriter {
  readonly #options: PoolStatusWriterOptions;
  readonly #writtenMs = new Map<string, number>();
  readonly #loads = new Map<string, Load>();

  constructor(options: PoolStatusWriterOptions) {
    this.#options = options;
  }

  /** @returns whether it was written, and else after what time it may be */
  async write(pool: VDIPool, status: VDIPoolStatus): Promise<{ written: boolean; againMs?: number }> {
    const { clock } = this.#options;
    const { name, uid = "" } = pool.metadata;
    if (!poolStatusChanged(pool.status, status)) return { written: false };
    const sinceMs = clock.now() - (this.#writtenMs.get(uid) ?? -Infinity);
    if (sinceMs < calmMs) return { written: false, againMs: calmMs - sinceMs };
    const restedMs = restMs(pace, this.#loads.get(uid), clock.now());
    if (restedMs > 0) return { written: false, againMs: restedMs };
    this.#loads.set(uid, done(pace, this.#loads.get(uid), clock.now()));
    const key = keyBeside(pool, apiVersion, "VDIPool", name);
    if (!(await applyStatus(this.#options, key, uid, status))) return { written: false };
    this.#writtenMs.set(uid, clock.now());
    return { written: true };
  }

  forget(uid: string): void {
    this.#writtenMs.delete(uid);
    this.#loads.delete(uid);
  }
}
