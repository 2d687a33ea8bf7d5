import { entryOf, levelOf } from "../../analyzers/catalog.ts";
import type { Chain } from "../graph/graph.ts";
import type { Report } from "../report.ts";
import type { ReportDocument } from "./report-schema.ts";

type FindingDocument = ReportDocument["rootCauses"][number];

/** One document; its schema is docs/diagnosis/report.schema.json. */
export function renderJson({ checks, roots, summary, takenAt, serverVersion, unseen }: Report): string {
  const document: ReportDocument = {
    apiVersion: "kasm-vdi/v1",
    kind: "DiagnosisReport",
    takenAt,
    ...(serverVersion !== undefined && { serverVersion }),
    summary,
    rootCauses: roots.map(chainDocument),
    checks: checks.map(({ area, title, result, detail, findings }) => {
      return { area, title, result, detail, codes: [...new Set(findings.map(({ code }) => code))] };
    }),
    unseen: [...unseen],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function chainDocument({ finding, because, symptoms }: Chain): FindingDocument {
  const { code, object, container, problem, evidence, fix, parts } = finding;
  const { title, cause, mayPass = false } = entryOf(code);
  return {
    ...{ code, level: levelOf(finding), title, object, ...(container !== undefined && { container }) },
    ...(parts && { foundAt: parts.map((it) => it.object) }),
    ...{ problem, ...(because !== undefined && { because }), cause, evidence: [...evidence], fix: [...fix], mayPass },
    symptoms: symptoms.map(chainDocument),
  };
}
