import type { Cluster } from "../../../analyzers/cluster.ts";
import type { EventRecord } from "../../../analyzers/events.ts";
import { refText } from "../../../analyzers/finding.ts";
import { findingsIn } from "../../graph/graph.ts";
import type { Chain } from "../../graph/graph.ts";
import { escaped } from "../markup.ts";

const mostRows = 30;
const rowHeight = 20;
const nameWidth = 380;
const plotWidth = 620;
const hourMs = 3_600_000;
const marks = 6;
const mostListed = 60;

interface Row {
  readonly object: string;
  readonly events: readonly EventRecord[];
}

/**
 * When what was said, of objects with findings and of those with warnings. The API server keeps events for an hour; some clusters
 * longer, of which the last hour is shown.
 */
export function timeline(cluster: Cluster, roots: readonly Chain[]): string {
  const since = cluster.now - hourMs;
  const named = new Set(roots.flatMap(findingsIn).map(({ object }) => refText(object)));
  const rows = [...cluster.eventsByObject]
    // Of what is in no namespace the key has an empty one.
    .map(([key, events]): Row => ({
      object: key.replace(" /", " "),
      events: events.filter(({ time }) => time >= since),
    }))
    .filter(({ object, events }) => events.length > 0 && (named.has(object) || events.some(isWarning)))
    .toSorted((a, b) => Number(named.has(b.object)) - Number(named.has(a.object)) || byText(a.object, b.object));
  if (rows.length === 0) return "";
  const shown = rows.slice(0, mostRows);
  const more = rows.length - shown.length;
  return [
    plot(shown, since),
    ...(more > 0 ? [`<p class="soft">${more} more objects have warnings.</p>`] : []),
    list(shown),
  ].join("\n");
}

function isWarning({ type }: EventRecord): boolean {
  return type === "Warning";
}

function plot(rows: readonly Row[], since: number): string {
  const width = nameWidth + plotWidth + 20;
  const height = rows.length * rowHeight + 24;
  const xOf = (time: number) => nameWidth + Math.round(((Math.min(time, since + hourMs) - since) / hourMs) * plotWidth);
  const grid = Array.from({ length: marks + 1 }, (_, index) => {
    const time = since + (index * hourMs) / marks;
    const x = xOf(time);
    return `<line class="grid" x1="${x}" y1="0" x2="${x}" y2="${height - 18}"/><text class="small" x="${x - 16}" y="${height - 4}">${clock(time).slice(0, 5)}</text>`;
  });
  const lines = rows.map(({ object, events }, index) => {
    const y = index * rowHeight + 12;
    const dots = events.map(({ type, reason, message, time }) => {
      const title = escaped(`${clock(time)} ${reason}: ${message}`);
      return `<g class="${type === "Warning" ? "warning" : "skip"}"><title>${title}</title><circle class="dot" cx="${xOf(time)}" cy="${y - 4}" r="4"/></g>`;
    });
    return `<g><title>${escaped(object)}</title><text x="0" y="${y}">${escaped(shortened(object))}</text></g>${dots.join("")}`;
  });
  return `<div class="wide"><svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="Events by object and time">\n${[...grid, ...lines].join("\n")}\n</svg></div>`;
}

function list(rows: readonly Row[]): string {
  const all = rows
    .flatMap(({ object, events }) => events.map((event) => ({ object, ...event })))
    .toSorted((a, b) => b.time - a.time || byText(a.object, b.object) || byText(a.message, b.message));
  const shown = all.slice(0, mostListed).map(({ object, type, reason, message, time }) => {
    const badge = `<span class="badge ${type === "Warning" ? "warn" : "skip"}">${escaped(reason)}</span>`;
    return `<tr><td>${clock(time)}</td><td class="object">${escaped(object)}</td><td>${badge}</td><td>${escaped(message)}</td></tr>`;
  });
  const title = all.length > shown.length ? `The newest ${shown.length} of ${all.length}` : `All ${all.length}`;
  return `<details><summary>${title}</summary><div class="wide"><table><tbody>\n${shown.join("\n")}\n</tbody></table></div></details>`;
}

function clock(time: number): string {
  return new Date(time).toISOString().slice(11, 19);
}

function shortened(text: string): string {
  const most = 51;
  return text.length > most ? `${text.slice(0, most - 3)}...` : text;
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
