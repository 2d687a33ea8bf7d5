import { catalog } from "../../analyzers/catalog.ts";
import type { Code } from "../../analyzers/catalog.ts";
import { reportJsonSchema } from "../render/report-schema.ts";
import { codeList, codePage } from "./code-page.ts";

/** What of docs/diagnosis is made from the catalog, by file name. */
export function generatedPages(): Map<string, string> {
  const codes = (Object.keys(catalog) as Code[]).sort();
  return new Map([
    ...codes.map((code): [string, string] => [`${code}.md`, codePage(code)]),
    ["codes.md", codeList(codes)],
    ["report.schema.json", `${JSON.stringify(reportJsonSchema(), null, 2)}\n`],
  ]);
}
