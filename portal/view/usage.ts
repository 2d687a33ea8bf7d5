import type { UsageView } from "../api/schemas.ts";
import { usageText } from "./usage-record.ts";
import type { Usage } from "./usage-record.ts";

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
  const months = new Map([...usage.months].map(([month, users]) => [month, new Map(users)]));
  for (const { user, sinceMs } of holders)
    for (const [month, seconds] of byMonth(Math.max(fromMs, sinceMs), nowMs)) {
      const users = months.get(month) ?? new Map<string, number>();
      months.set(month, users.set(user, (users.get(user) ?? 0) + seconds));
    }
  return { countedUntil: new Date(Math.max(fromMs, nowMs)).toISOString(), months: recent(months) };
}

/** As administrators see it, newest month first, and in it who used most. */
export function usageView({ countedUntil, months }: Usage): UsageView {
  return {
    ...(countedUntil !== undefined && { countedUntil }),
    months: newestFirst(months).map(([month, users]) => ({
      month,
      users: [...users].map(([user, seconds]) => ({ user, hours: hours(seconds) })).sort((a, b) => b.hours - a.hours),
    })),
  };
}

/** For spreadsheets: a line for each user and month, newest month first. */
export function usageCsv({ months }: Usage): string {
  const lines = newestFirst(months).flatMap(([month, users]) =>
    [...users]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([user, seconds]) => [month, cell(user), hours(seconds).toFixed(2)].join(",")),
  );
  return ["month,user,slice_hours", ...lines, ""].join("\r\n");
}

export function hours(seconds: number): number {
  return Math.round(seconds / 36) / 100;
}

// Some spreadsheets take the full-width signs for the plain ones, and pass over white space before them.
const formula = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/;

/** Spreadsheets run what begins like a formula. */
function cell(text: string): string {
  const plain = formula.test(text) ? `'${text}` : text;
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

function newestFirst<Users>(months: ReadonlyMap<string, Users>): [string, Users][] {
  return [...months].sort(([a], [b]) => (a < b ? 1 : -1));
}

function recent(months: Usage["months"]): Usage["months"] {
  const kept = newestFirst(months).slice(0, mostMonths).reverse();
  while (kept.length > 1 && Buffer.byteLength(usageText({ months: new Map(kept) })) > mostBytes) kept.shift();
  return new Map(kept);
}
