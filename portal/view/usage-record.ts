import { z } from "zod";

/** Seconds of GPU slices by month (`2026-01`, UTC) and user; maps, since people may be called `constructor` or `__proto__`. */
export interface Usage {
  /** Up to here all is in it. */
  readonly countedUntil?: string;
  readonly months: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

export const noUsage: Usage = { months: new Map() };

/** Usage as JSON has it. */
export const usageSchema = z.object({
  countedUntil: z.iso.datetime().optional(),
  months: mapOf(mapOf(z.number())),
});

/** The way back from {@link usageSchema}. */
export function usageText({ countedUntil, months }: Usage): string {
  const byMonth = [...months].map(([month, users]) => [month, Object.fromEntries(users)] as const);
  return JSON.stringify({ countedUntil, months: Object.fromEntries(byMonth) });
}

/** An object with any names; `z.record` would leave `__proto__` out. */
function mapOf<Schema extends z.ZodType>(value: Schema) {
  return z.preprocess(
    (it) => (typeof it === "object" && it !== null && !Array.isArray(it) ? new Map(Object.entries(it)) : undefined),
    z.map(z.string(), value),
  );
}
