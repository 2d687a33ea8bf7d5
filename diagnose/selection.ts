import { closest } from "fastest-levenshtein";
import type { Analyzer } from "../analyzers/analyzer.ts";
import { areas } from "../analyzers/areas.ts";
import { catalog } from "../analyzers/catalog.ts";
import type { Finding, ObjectRef } from "../analyzers/finding.ts";
import { UsageError } from "./usage-error.ts";

/** What a run leaves out, as people said it. */
export interface Selection {
  /** Areas and codes that are not looked at. */
  readonly disabled: ReadonlySet<string>;
  readonly suppressions: readonly Suppression[];
}

/** `CODE=Kind namespace/name`, `*` in any part for whatever stands there. */
export interface Suppression {
  readonly code: string;
  readonly object: ObjectRef;
}

export const everything: Selection = { disabled: new Set(), suppressions: [] };

/** @throws UsageError that names the nearest area or code */
export function disabledCheck(text: string): string {
  return nameOf(text, [...Object.keys(areas), ...Object.keys(catalog)], "area or code");
}

/** @throws UsageError that says how it is written */
export function suppressionOf(text: string): Suppression {
  const [, code = "", kind = "", path = ""] = /^([^=\s]+)=(\S+) (\S+)$/.exec(text.trim()) ?? [];
  if (code === "")
    throw new UsageError(
      `--suppress ${text}: write CODE=Kind namespace/name, such as "ImageNotFound=Pod kasm/test-*".`,
    );
  const known = code === "*" ? code : nameOf(code, Object.keys(catalog), "code");
  const slash = path.indexOf("/");
  const object =
    slash < 0 ? { kind, name: path } : { kind, namespace: path.slice(0, slash), name: path.slice(slash + 1) };
  return { code: known, object };
}

/**
 * The analyzers that are run, without what is turned off or suppressed.
 *
 * @param onSuppressed is told each finding that is left out because it is suppressed: a report says how many there are
 */
export function selected(
  analyzers: readonly Analyzer[],
  selection: Selection,
  onSuppressed: (finding: Finding) => void,
): Analyzer[] {
  return analyzers
    .filter(({ area }) => !selection.disabled.has(area))
    .map((one) => ({
      ...one,
      analyze(cluster) {
        const { checked, findings } = one.analyze(cluster);
        const enabled = findings.filter(({ code }) => !selection.disabled.has(code));
        for (const it of enabled) if (isSuppressed(it, selection)) onSuppressed(it);
        return { checked, findings: enabled.filter((it) => !isSuppressed(it, selection)) };
      },
    }));
}

function isSuppressed({ code, object }: Finding, { suppressions }: Selection): boolean {
  return suppressions.some(
    (it) =>
      matches(it.code, code) &&
      matches(it.object.kind, object.kind) &&
      matches(it.object.namespace ?? "", object.namespace ?? "") &&
      matches(it.object.name, object.name),
  );
}

/** Whether a pattern with `*` for any text fits; case counts, as for names of objects. */
function matches(pattern: string, text: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  const last = rest.pop();
  if (last === undefined) return pattern === text;
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0 || found + part.length > text.length - last.length) return false;
    at = found + part.length;
  }
  return true;
}

function nameOf(text: string, names: readonly string[], what: string): string {
  const found = names.find((it) => it.toLowerCase() === text.toLowerCase());
  if (found === undefined)
    throw new UsageError(
      `There is no ${what} ${text}. Did you mean ${closest(text, names)}? \`explain\` lists the codes.`,
    );
  return found;
}
