import { metricValues } from "./prometheus-text.ts";

/** What one answer of a desktop says about who is connected. */
export interface Reading {
  /** undefined: it does not tell, or only together with a later one. */
  readonly connected: boolean | undefined;
  /** What was seen, as a sentence. */
  readonly message: string;
  /** To compare the next answer with. */
  readonly sample?: Sample;
  /** True when nothing is wrong and the next answer will tell. */
  readonly isFirst?: boolean;
}

/** Values that move while somebody is connected. */
export interface Sample {
  readonly atMs: number;
  readonly values: readonly number[];
}

/** Reads an answer's body; `before` is what the answer before it left. Never throws. */
export type Parse = (body: string, before: Sample | undefined, atMs: number) => Reading;

/** Clients report every 5 s (WebRTC) or every half second: a counter that stood still for so long has none. */
export const shortestGapMs = 12_000;

const found: Reading = { connected: true, message: "Somebody is connected." };
const nobody: Reading = { connected: false, message: "Nobody is connected." };

/** A gauge that is above 0 while somebody is connected. */
export function gaugeAboveZero(metric: string): Parse {
  return (body) => fromMetric(body, metric, (values) => (values.some((it) => it > 0) ? found : nobody));
}

/**
 * What clients report, the first of it as a counter: it moves from one look to the next while somebody is connected. The
 * others may be missing.
 */
export function movingMetrics(counter: string, ...gauges: string[]): Parse {
  return (body, before, atMs) =>
    fromMetric(body, counter, ([count = 0]) => {
      const values = [count, ...gauges.map((gauge) => finite(metricValues(body, gauge))[0] ?? 0)];
      const sample = { atMs, values };
      // A count below the one before is of a stream server that was started anew.
      if (before === undefined || count < (before.values[0] ?? 0) || atMs < before.atMs)
        return { connected: undefined, message: `${counter} was read for the first time.`, sample, isFirst: true };
      if (values.some((value, index) => value !== before.values[index])) return { ...found, sample };
      if (atMs - before.atMs >= shortestGapMs) return { ...nobody, sample };
      return { connected: undefined, message: `${counter} was read too soon again.`, sample: before, isFirst: true };
    });
}

/**
 * KasmVNC's statistics by user and connection (`GET /api/get_bottleneck_stats`): an entry lives as long as its connection.
 * Its list of sessions would not do: it keeps the last one after that has gone (VNCServerST::updateSessionUsersList).
 */
export function kasmConnections(body: string): Reading {
  const users = parsedJson(body.replace(/-?\b(?:nan|inf)\b/g, "null"));
  if (!isRecord(users) || !Object.values(users).every(isRecord))
    return { connected: undefined, message: "KasmVNC's statistics of connections are not in the form that is known." };
  return Object.values(users).some((connections) => Object.keys(connections as object).length > 0) ? found : nobody;
}

function fromMetric(body: string, metric: string, read: (values: number[]) => Reading): Reading {
  try {
    const values = finite(metricValues(body, metric));
    if (values.length > 0) return read(values);
    return { connected: undefined, message: `The desktop's metrics have no ${metric}.` };
  } catch (error) {
    return { connected: undefined, message: `What the desktop serves as metrics is ${(error as Error).message}.` };
  }
}

function finite(values: number[]): number[] {
  return values.filter((it) => Number.isFinite(it));
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
