import type { VDISession } from "../../operator/api/objects.ts";

const kept = 50;
// Most are ready by then, and one that took minutes for its image does not count for all.
const share = 0.75;

/** How long desktops take to start, as their sessions tell; these outlive the portal, so that its restart loses little. */
export class StartTimes {
  readonly #byTemplate = new Map<string, Map<string, number>>();

  /** Takes note of a start that is done, once. */
  observe({ metadata, spec, status }: VDISession): void {
    const { startTime = "", readyTime = "" } = status ?? {};
    const seconds = (Date.parse(readyTime) - Date.parse(startTime)) / 1_000;
    // Times of a start before this one are no measure of it.
    if (!(seconds >= 0)) return;
    const starts = this.#byTemplate.get(spec.template) ?? new Map<string, number>();
    this.#byTemplate.set(spec.template, starts.set(`${metadata.uid ?? metadata.name} ${startTime}`, seconds));
    const [oldest] = starts.keys();
    if (starts.size > kept && oldest !== undefined) starts.delete(oldest);
  }

  /** Seconds after which most desktops of a template were ready; undefined where none was. */
  usualSeconds(template: string): number | undefined {
    const sorted = [...(this.#byTemplate.get(template)?.values() ?? [])].sort((a, b) => a - b);
    return sorted[Math.floor((sorted.length - 1) * share)];
  }
}
