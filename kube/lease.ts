import type { KubeObject } from "./object.ts";

/** coordination.k8s.io/v1 Lease: who leads, and for how long after each renewal. */
export interface Lease extends KubeObject {
  spec?: {
    /** Empty when it was released. */
    holderIdentity?: string;
    leaseDurationSeconds?: number;
    acquireTime?: string;
    renewTime?: string;
    leaseTransitions?: number;
  };
}

/** A Lease, and when this process first saw it in this version. */
export interface ObservedLease {
  readonly lease: Lease | undefined;
  /** On this process's own monotonic clock. */
  readonly sinceMs: number;
}

/** Notes when the Lease last changed, as seen from here: times inside it come from other machines' clocks. */
export function observeLease(
  before: ObservedLease | undefined,
  lease: Lease | undefined,
  nowMs: number,
): ObservedLease {
  const isSame = before !== undefined && version(before.lease) === version(lease);
  return isSame ? { lease, sinceMs: before.sinceMs } : { lease, sinceMs: nowMs };
}

/**
 * What a candidate may do: `renew` what it holds, `take` what is free or was not renewed for as long as its holder
 * promised, counted from when this process saw the last change, else `wait`.
 */
export function mayLead({ lease, sinceMs }: ObservedLease, identity: string, nowMs: number): "renew" | "take" | "wait" {
  const { holderIdentity = "", leaseDurationSeconds = 0 } = lease?.spec ?? {};
  if (holderIdentity === identity) return "renew";
  if (holderIdentity === "") return "take";
  return nowMs - sinceMs >= leaseDurationSeconds * 1000 ? "take" : "wait";
}

/** The spec with which `identity` takes or renews a Lease. */
export function heldSpec(lease: Lease | undefined, identity: string, durationMs: number, date: Date): Lease["spec"] {
  const renewTime = microTime(date);
  const { holderIdentity, leaseTransitions = 0, acquireTime } = lease?.spec ?? {};
  const isRenewal = holderIdentity === identity;
  return {
    holderIdentity: identity,
    leaseDurationSeconds: Math.ceil(durationMs / 1000),
    acquireTime: isRenewal && acquireTime ? acquireTime : renewTime,
    renewTime,
    leaseTransitions: lease === undefined || isRenewal ? leaseTransitions : leaseTransitions + 1,
  };
}

/** The spec that leaves a Lease to whoever comes first. */
export function releasedSpec(date: Date): Lease["spec"] {
  // As client-go: no holder, and the shortest duration that is valid.
  return { holderIdentity: "", leaseDurationSeconds: 1, renewTime: microTime(date), acquireTime: microTime(date) };
}

/** metav1.MicroTime takes six digits, no fewer. */
export function microTime(date: Date): string {
  return date.toISOString().replace("Z", "000Z");
}

function version(lease: Lease | undefined): string | undefined {
  return lease && `${lease.metadata?.uid ?? ""} ${lease.metadata?.resourceVersion ?? ""}`;
}
