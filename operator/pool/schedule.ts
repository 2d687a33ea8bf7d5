import type { VDIPoolSpec } from "../api/vdi-pool.ts";
import { addDays, dayIn, instantOf, isTimeZone, weekday } from "./wall-clock.ts";

type Schedule = NonNullable<VDIPoolSpec["schedule"]>;
type Period = Schedule["periods"][number];

const days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] as const;

/**
 * What a schedule asks for now.
 *
 * @returns replicas: of the first period that it is in, undefined outside of all; nextMs: when a period begins or ends,
 *   milliseconds since 1970
 */
export function scheduled(
  { timeZone, periods }: Schedule,
  now: Date,
): { replicas: number | undefined; nextMs: number | undefined } {
  if (!isTimeZone(timeZone)) return { replicas: undefined, nextMs: undefined };
  const atMs = now.getTime();
  const spans = periods.flatMap((period) => spansAround(timeZone, period, atMs));
  const edges = spans.flatMap(({ fromMs, toMs }) => [fromMs, toMs]).filter((edgeMs) => edgeMs > atMs);
  return {
    replicas: spans.find(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs)?.replicas,
    nextMs: edges.length === 0 ? undefined : Math.min(...edges),
  };
}

/** Why a schedule cannot be followed, as a sentence; undefined when it can. */
export function scheduleProblem({ schedule }: VDIPoolSpec): string | undefined {
  if (!schedule || isTimeZone(schedule.timeZone)) return undefined;
  return (
    `spec.schedule.timeZone is ${schedule.timeZone}, which is no time zone of the IANA database, so that spec.replicas ` +
    "counts at all times; write for example Europe/Vienna"
  );
}

/** From the day before, whose night it may be, to a week ahead: until then every period has begun anew. */
function spansAround(timeZone: string, period: Period, atMs: number) {
  const today = dayIn(timeZone, atMs);
  const [from, to] = [minuteOf(period.from), minuteOf(period.to)];
  const begins = [-1, 0, 1, 2, 3, 4, 5, 6, 7].map((ahead) => addDays(today, ahead));
  return begins
    .filter((day) => period.days?.includes(days[weekday(day)] ?? "Sun") ?? true)
    .map((day) => ({
      replicas: period.replicas,
      fromMs: instantOf(timeZone, day, from),
      toMs: instantOf(timeZone, to <= from ? addDays(day, 1) : day, to),
    }));
}

function minuteOf(clockTime: string): number {
  const [hours = 0, minutes = 0] = clockTime.split(":").map(Number);
  return hours * 60 + minutes;
}
