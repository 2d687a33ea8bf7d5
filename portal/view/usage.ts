import type { UsageView } from "../api/schemas.ts";

/** Seconds of GPU slices by month (`2026-01`, UTC) and user. */
export interface Usage {
  /** Up to here all is in it. */
  readonly countedUntil?: string;
  readonly months: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** Somebody who has a slice now. */
export interface SliceHolder {
  readonly user: string;
  /** When the desktop that has it was started. */
  readonly sinceMs: number;
}

const mostMonths = 13;
// Beside it in its ConfigMap, of which the API server takes 1 MiB, there are messages.
const mostBytes = 800_000;

/**
 * What was used up to now: to what is known comes what each holder has had since then. While nobody counted, what began and
 * ended is not known; what began before and is still there is counted in full.
 */
export function counted(usage: Usage, holders: readonly SliceHolder[], nowMs: number): Usage {
  const fromMs = usage.countedUntil === undefined ? nowMs : Date.parse(usage.countedUntil);
  const months: Record<string, Record<string, number>> = {};
  for (const [month, users] of Object.entries(usage.months)) months[month] = { ...users };
  for (const { user, sinceMs } of holders)
    for (const [month, seconds] of byMonth(Math.max(fromMs, sinceMs), nowMs)) {
      const users = (months[month] ??= {});
      users[user] = (users[user] ?? 0) + seconds;
    }
  return { countedUntil: new Date(Math.max(fromMs, nowMs)).toISOString(), months: recent(months) };
}

/** As administrators see it, newest month first, and in it who used most. */
export function usageView({ countedUntil, months }: Usage): UsageView {
  return {
    ...(countedUntil !== undefined && { countedUntil }),
    months: Object.keys(months)
      .sort()
      .reverse()
      .map((month) => ({
        month,
        users: Object.entries(months[month] ?? {})
          .map(([user, seconds]) => ({ user, hours: hours(seconds) }))
          .sort((a, b) => b.hours - a.hours),
      })),
  };
}

/** For spreadsheets: a line for each user and month, newest month first. */
export function usageCsv({ months }: Usage): string {
  const lines = Object.keys(months)
    .sort()
    .reverse()
    .flatMap((month) =>
      Object.entries(months[month] ?? {})
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([user, seconds]) => [month, cell(user), hours(seconds).toFixed(2)].join(",")),
    );
  return ["month,user,slice_hours", ...lines, ""].join("\r\n");
}

export function hours(seconds: number): number {
  return Math.round(seconds / 36) / 100;
}

/** Spreadsheets run what begins like a formula. */
function cell(text: string): string {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${plain.replaceAll('"', '""')}"`;
}

function* byMonth(fromMs: number, untilMs: number): Iterable<[string, number]> {
  for (let at = fromMs; at < untilMs;) {
    const date = new Date(at);
    const end = Math.min(untilMs, Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1));
    yield [date.toISOString().slice(0, 7), (end - at) / 1_000];
    at = end;
  }
}

function recent(months: Record<string, Record<string, number>>): Usage["months"] {
  const names = Object.keys(months).sort().slice(-mostMonths);
  const kept = () => Object.fromEntries(names.map((name) => [name, months[name] ?? {}]));
  while (names.length > 1 && Buffer.byteLength(JSON.stringify(kept())) > mostBytes) names.shift();
  return kept();
}
