import type { Advisory, IndexedVersion } from "./sources.ts";
import { compareVersions, isInRange, newestOf } from "./versions.ts";

/** A chart that the program pins, and what was found out about it. */
export interface PinState {
  readonly chart: string;
  readonly version: string;
  /** All versions of its repository, or why they are not known. */
  readonly offered: readonly IndexedVersion[] | Error;
  /** Advisories of what it installs, or why they are not known. */
  readonly advisories: readonly Advisory[] | Error;
}

/** The first line of an issue, by which the next run finds it. */
export const issueMark = "<!-- chart pins -->";

/** What somebody has to look at: an issue's text; undefined when each pin is the newest and no advisory is about one. */
export function pinReport(pins: readonly PinState[]): string | undefined {
  const sections = pins.flatMap((pin) => {
    const lines = [...behind(pin), ...affected(pin)];
    return lines.length === 0 ? [] : [`### ${pin.chart} ${pin.version}`, "", ...lines, ""];
  });
  if (sections.length === 0) return undefined;
  return [issueMark, ...sections, 'How to change a pin: docs/charts.md, "Change a version".', ""].join("\n");
}

function behind({ version, offered }: PinState): string[] {
  if (offered instanceof Error) return [`- The newest version is not known: ${offered.message}`];
  const newest = newestOf(offered.map((it) => it.version));
  if (newest === undefined) return ["- The repository's index has no version of it."];
  return compareVersions(version, newest) < 0 ? [`- ${newest} is there.`] : [];
}

function affected({ chart, version, offered, advisories }: PinState): string[] {
  if (advisories instanceof Error) return [`- Advisories are not known: ${advisories.message}`];
  if (offered instanceof Error) return [];
  // Advisories are about what the chart installs.
  const installed = offered.find((it) => it.version === version)?.appVersion;
  if (installed === undefined) return [`- The repository's index has no ${chart} ${version} any more.`];
  return advisories
    .filter(({ ranges }) => ranges.some((range) => isInRange(installed, range)))
    .map(({ id, url, severity, summary }) => `- [${id}](${url}), ${severity}: ${summary} (${installed} is affected)`);
}
