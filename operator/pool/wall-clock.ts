/** A day in the calendar of some place. */
export interface CalendarDay {
  readonly year: number;
  /** From 1. */
  readonly month: number;
  readonly day: number;
}

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** Whether this runtime knows a time zone by that name. */
export function isTimeZone(name: string): boolean {
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

/** The day that it is in a time zone. */
export function dayIn(timeZone: string, atMs: number): CalendarDay {
  const wall = new Date(wallMs(timeZone, atMs));
  return { year: wall.getUTCFullYear(), month: wall.getUTCMonth() + 1, day: wall.getUTCDate() };
}

/** So many days later. */
export function addDays({ year, month, day }: CalendarDay, days: number): CalendarDay {
  const later = new Date(Date.UTC(year, month - 1, day + days));
  return { year: later.getUTCFullYear(), month: later.getUTCMonth() + 1, day: later.getUTCDate() };
}

/** 0 is Sunday. */
export function weekday({ year, month, day }: CalendarDay): number {
  return new Date(Date.UTC(year, month - 1, day)).getUTCDay();
}

/**
 * When clocks in a time zone show a time of day, in milliseconds since 1970. A time that comes twice (clocks go back) counts
 * the first time; one that does not come (clocks go forward) counts as much later as the clocks jump: as calendars do it,
 * and as Temporal's "compatible".
 */
export function instantOf(timeZone: string, { year, month, day }: CalendarDay, minuteOfDay: number): number {
  const wall = Date.UTC(year, month - 1, day) + minuteOfDay * minuteMs;
  // No place changes its clocks twice within two days.
  const [before, after] = [wall - dayMs, wall + dayMs].map((atMs) => wallMs(timeZone, atMs) - atMs) as [number, number];
  const first = wall - Math.max(before, after);
  const second = wall - Math.min(before, after);
  if (wallMs(timeZone, first) === wall) return first;
  return wallMs(timeZone, second) === wall ? second : wall - before;
}

/** What clocks in a time zone show, as if it were UTC. */
function wallMs(timeZone: string, atMs: number): number {
  const parts = formatOf(timeZone).formatToParts(atMs);
  const part = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((it) => it.type === type)?.value);
  return Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
}

const formats = new Map<string, Intl.DateTimeFormat>();

// Making one takes a thousand times as long as using it.
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    calendar: "gregory",
    numberingSystem: "latn",
    hourCycle: "h23",
    ...{ year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" },
  });
  formats.set(timeZone, format);
  return format;
}
