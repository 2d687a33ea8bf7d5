import { pause } from "../../kube/clock.ts";
import type { Clock } from "../../kube/clock.ts";
import type { VDISession } from "../../operator/api/objects.ts";

const lookEveryMs = 250;
// Longer than any desktop may take to end.
const patienceMs = 600_000;

export interface ResumeOptions {
  /** The session as it is known now. */
  readonly look: () => VDISession | undefined;
  readonly resume: () => Promise<unknown>;
  readonly clock: Clock;
}

/**
 * The second half of a restart: starts a session once it is suspended. Ends without that when the session is gone, when
 * somebody else has started it, or after ten minutes; the session then stays as it is.
 */
export async function resumeOnceSuspended({ look, resume, clock }: ResumeOptions): Promise<void> {
  const endMs = clock.now() + patienceMs;
  for (let session = look(); session?.spec.desiredState === "Suspended" && clock.now() < endMs; session = look()) {
    const isSuspended =
      session.status?.phase === "Suspended" && session.status.observedGeneration === session.metadata.generation;
    const isResumed =
      isSuspended &&
      (await resume().then(
        () => true,
        () => false,
      ));
    if (isResumed) return;
    await pause(clock, lookEveryMs);
  }
}
