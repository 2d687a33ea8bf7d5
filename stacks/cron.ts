/** Bounds of the five fields, and the names that two of them take, as Kubernetes' CronJob has them (robfig/cron). */
const fields = [
  { name: "minute", least: 0, most: 59, names: [] },
  { name: "hour", least: 0, most: 23, names: [] },
  { name: "day of the month", least: 1, most: 31, names: [] },
  {
    name: "month",
    least: 1,
    most: 12,
    names: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
  },
  { name: "day of the week", least: 0, most: 6, names: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] },
] as const;

/**
 * What is wrong with the schedule of a CronJob; undefined when nothing is. Libraries for cron take more than Kubernetes does
 * (a field of seconds, 7 for Sunday), and the API server would say so only during `up`.
 */
export function cronProblem(schedule: string): string | undefined {
  const parts = schedule.trim().split(/\s+/);
  if (parts.length !== fields.length) return `has ${parts.length} fields, and five are needed, such as 0 3 * * *`;
  for (const [index, part] of parts.entries()) {
    const field = fields[index];
    if (field && !part.split(",").every((it) => isRange(it, field)))
      return `"${part}" is no ${field.name}: ${field.least} to ${field.most}, *, lists, ranges and steps are`;
  }
  return undefined;
}

function isRange(text: string, field: (typeof fields)[number]): boolean {
  const [range = "", step, ...rest] = text.split("/");
  if (rest.length > 0 || (step !== undefined && !/^[1-9]\d*$/.test(step))) return false;
  if (range === "*" || range === "?") return true;
  const bounds = range.split("-").map((it) => valueOf(it, field));
  const [from, to = from] = bounds;
  return bounds.length <= 2 && from !== undefined && to !== undefined && from <= to;
}

function valueOf(text: string, { least, most, names }: (typeof fields)[number]): number | undefined {
  const named = (names as readonly string[]).indexOf(text.toLowerCase());
  const value = named >= 0 ? named + least : /^\d+$/.test(text) ? Number(text) : NaN;
  return value >= least && value <= most ? value : undefined;
}
