/** `30`, `30s`, `5m`, `1h` in seconds; undefined for anything else. */
export function secondsOf(text: string): number | undefined {
  const [, number, unit = "s"] = /^(\d{1,6})([smh])?$/.exec(text) ?? [];
  return number === undefined ? undefined : Number(number) * ({ s: 1, m: 60, h: 3_600 }[unit] ?? 1);
}
