import type { Cluster } from "../../analyzers/cluster.ts";
import type { Report } from "../report.ts";
import { renderHtml } from "./html/html.ts";
import { renderJson } from "./json.ts";
import { renderJunit } from "./junit.ts";
import { renderMarkdown } from "./markdown.ts";
import { renderSarif } from "./sarif.ts";
import { renderShort, renderTable } from "./terminal.ts";

export interface RenderOptions {
  readonly color: boolean;
  /** Columns of the terminal. */
  readonly width: number;
  /** Where docs/diagnosis can be read, for formats that link to it. */
  readonly docsUrl?: string;
}

/** @param cluster what the report is about, for formats that show more of it than findings */
export type Renderer = (report: Report, options: RenderOptions, cluster: Cluster) => string;

/** What `-o` takes. */
export const renderers: Readonly<Record<string, Renderer>> = {
  table: renderTable,
  short: renderShort,
  json: renderJson,
  junit: renderJunit,
  sarif: renderSarif,
  markdown: renderMarkdown,
  html: renderHtml,
};
