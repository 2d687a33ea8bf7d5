const units = { h: 3_600_000, m: 60_000, s: 1_000 } as const;

/**
 * Milliseconds of a span of time as the API takes it, for example `1h30m`: whole hours, minutes and seconds (the form that
 * the CRDs' rule for durations lets through).
 *
 * @throws RangeError that says what is allowed
 */
export function durationMs(text: string): number {
  if (!/^(\d+[hms])+$/.test(text)) throw new RangeError(`${text} is no duration: write for example 30m, 8h or 1h30m`);
  let sum = 0;
  let begin = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = units[text.charAt(at) as keyof typeof units] as number | undefined;
    if (unit === undefined) continue;
    sum += Number(text.slice(begin, at)) * unit;
    begin = at + 1;
  }
  return sum;
}

/** A time as the API server writes it: RFC 3339 in whole seconds. */
export function apiTime(time: Date | number): string {
  return new Date(time).toISOString().replace(/\.\d+Z$/, "Z");
}
