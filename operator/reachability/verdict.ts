import type { Reading, Sample } from "../activity/reading.ts";
import type { Activity, Check } from "../view/session-view.ts";

/** What repeated checks of one thing come to. */
export interface CheckState {
  /** What others are told; undefined while nothing is certain. */
  readonly verdict?: Check;
  /** In a row. */
  readonly failures: number;
  readonly failingSinceMs?: number;
}

/** What repeated looks at who is connected come to. */
export interface ActivityState {
  readonly verdict?: Activity;
  readonly failures: number;
  readonly sample?: Sample;
}

/** A new state, and whether others have to hear of it. */
export interface Verdict<State> {
  readonly state: State;
  readonly flipped: boolean;
}

// A stream server that is just starting, or drops one connection, is no news.
const patienceMs = 5_000;
const failuresThatCount = 3;

/**
 * An answer counts at once. No answer counts after some seconds where there never was one, and where there was, when it is
 * missing three times in a row.
 */
export function checkVerdict(
  { verdict, failures, failingSinceMs }: CheckState,
  check: Check,
  nowMs: number,
): Verdict<CheckState> {
  if (check.ok) return { state: { verdict: check, failures: 0 }, flipped: verdict?.ok !== true };
  const state = { failures: failures + 1, failingSinceMs: failingSinceMs ?? nowMs };
  const counts =
    verdict?.ok === true ? state.failures >= failuresThatCount : nowMs - state.failingSinceMs >= patienceMs;
  if (!counts) return { state: { ...state, ...(verdict && { verdict }) }, flipped: false };
  return { state: { ...state, verdict: check }, flipped: verdict?.ok !== false || verdict.message !== check.message };
}

/** After which time to check again: at rest by what is checked, each second until it answers, seldom when it will not. */
export function recheckMs({ verdict, failures }: CheckState, atRestMs: number): number {
  if (failures > 30) return 10_000;
  return verdict?.ok === true && failures === 0 ? atRestMs : 1_000;
}

/** What a look says counts at once; that it failed counts after three in a row, or where nothing was known before. */
export function activityVerdict(
  { verdict, failures, sample }: ActivityState,
  reading: Reading,
  atMs: number,
): Verdict<ActivityState> {
  const { connected, message } = reading;
  const kept = reading.sample ?? sample;
  const samples = kept && { sample: kept };
  if (reading.isFirst) return { state: { ...(verdict && { verdict }), failures, ...samples }, flipped: false };
  if (connected === undefined && verdict?.connected !== undefined && failures + 1 < failuresThatCount)
    return { state: { verdict, failures: failures + 1, ...samples }, flipped: false };
  const same = verdict !== undefined && verdict.connected === connected;
  const told: Activity = { atMs, sinceMs: (same ? verdict.sinceMs : undefined) ?? atMs, connected, message };
  return {
    state: { verdict: told, failures: connected === undefined ? failures + 1 : 0, ...samples },
    flipped: !same || verdict.message !== message,
  };
}
