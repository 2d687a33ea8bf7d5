import type { Finding } from "./findings.ts";
import { planOperation } from "./plan-operation.ts";
import type { FoundOperation } from "./plan-operation.ts";
import { planRelease } from "./plan-release.ts";
import type { FoundRelease } from "./plan-release.ts";
import type { LockFile } from "./stack-locks.ts";

/** All that interrupted runs of a stack left behind. */
export interface Found {
  /** Locks of engines that are gone. */
  readonly locks: readonly LockFile[];
  readonly operations: readonly FoundOperation[];
  readonly releases: readonly FoundRelease[];
}

/** What to do about it, in order. Done once, nothing is left but what is for a person to decide. */
export function plan({ locks, operations, releases }: Found): Finding[] {
  const ofReleases = releases.flatMap((release) => planRelease(release) ?? []);
  const put = ofReleases.flatMap(({ steps }) => steps).map((step) => step.kind === "put" && step.resource.urn);
  return [
    ...locks.map(planLock),
    ...ofReleases,
    ...operations.filter(({ operation }) => !put.includes(operation.resource.urn)).map(planOperation),
  ];
}

function planLock(lock: LockFile): Finding {
  const { pid, username, timestamp } = lock.lock;
  return {
    object: `lock of process ${pid}`,
    found: `that ${username} started at ${timestamp.replace(/\.\d+/, "")}, and that is gone`,
    does: "removed",
    steps: [{ kind: "unlock", lock }],
  };
}
