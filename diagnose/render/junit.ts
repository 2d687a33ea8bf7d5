import { areas } from "../../analyzers/areas.ts";
import type { CheckResult } from "../../analyzers/analyzer.ts";
import { levelOf } from "../../analyzers/catalog.ts";
import type { Report } from "../report.ts";
import { placedFindings, plainLines } from "./findings.ts";
import type { PlacedFinding } from "./findings.ts";
import { escaped } from "./markup.ts";

/**
 * A test suite for each area, a test case for each check. What failed is a failure, what could not be told an error, since
 * neither may count as passed; a warning passes and says so in its output.
 */
export function renderJunit({ checks, roots, takenAt }: Report): string {
  const placed = new Map(
    placedFindings(roots).flatMap((it) => [it.finding, ...(it.finding.parts ?? [])].map((part) => [part, it] as const)),
  );
  const suites = [...Map.groupBy(checks, ({ area }) => area)].map(([area, them]) => {
    const name = `${areas[area].layer}: ${areas[area].title}`;
    return [
      `  <testsuite name="${escaped(name)}" ${countsOf(them)} timestamp="${escaped(takenAt)}">`,
      ...them.map((it) => testcase(it, placed)),
      "  </testsuite>",
    ].join("\n");
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="kasm-vdi diagnose" ${countsOf(checks)}>`,
    ...suites,
    "</testsuites>\n",
  ].join("\n");
}

function countsOf(checks: readonly CheckResult[]): string {
  const count = (result: CheckResult["result"]) => checks.filter((it) => it.result === result).length;
  return `tests="${checks.length}" failures="${count("fail")}" errors="${count("unknown")}" skipped="${count("skip")}"`;
}

function testcase(check: CheckResult, placed: ReadonlyMap<CheckResult["findings"][number], PlacedFinding>): string {
  const { area, title, result, detail } = check;
  const open = `    <testcase classname="${escaped(`kasm-vdi.${area}`)}" name="${escaped(title)}"`;
  const found = [...new Set(check.findings.flatMap((it) => placed.get(it) ?? []))];
  const text = escaped(found.map((it) => plainLines(it).join("\n")).join("\n\n"));
  switch (result) {
    case "pass":
      return `${open}/>`;
    case "skip":
      return `${open}><skipped message="${escaped(detail)}"/></testcase>`;
    case "warn":
      return `${open}><system-out>${text}</system-out></testcase>`;
    case "fail": {
      const failures = found.filter(({ finding }) => levelOf(finding) === "failure").length;
      return `${open}><failure message="${failures} found">${text}</failure></testcase>`;
    }
    case "unknown":
      return `${open}><error message="${escaped(detail)}">${text}</error></testcase>`;
  }
}
