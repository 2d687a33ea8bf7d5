import type { VDIPool, VDITemplate } from "../api/objects.ts";
import type { Child, Pod } from "../kinds.ts";
import type { Refusal, SessionView } from "../view/session-view.ts";

/** All that is known about one pool at one moment: what plan and status are made from. */
export interface PoolView {
  readonly pool: VDIPool;
  readonly template: VDITemplate | undefined;
  /** Why nothing can be made from the template. */
  readonly templateFault: string | undefined;
  /** Pods that the pool controls: a session that takes one controls it from then on. */
  readonly pods: readonly Pod[];
  /** uids of pods whose Secret is not there yet. */
  readonly withoutSecret: ReadonlySet<string>;
  readonly networkPolicy: Child | undefined;
  readonly isAdmitted: SessionView["isAdmitted"];
  /** When sessions were created that could have taken a desktop of the pool, milliseconds since 1970. */
  readonly recentStarts: readonly number[];
  /** When sessions took the last few desktops of the pool, milliseconds since 1970, oldest first. */
  readonly takenMs: readonly number[];
  /** What the API server refused to write at the last try. */
  readonly refusals: readonly Refusal[];
  /** Whether that was just now, so that it would say the same again. */
  readonly holdsBack: boolean;
}
