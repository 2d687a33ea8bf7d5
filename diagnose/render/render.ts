import type { Report } from "../report.ts";
import { renderJson } from "./json.ts";
import { renderShort, renderTable } from "./terminal.ts";

export interface RenderOptions {
  readonly color: boolean;
  /** Columns of the terminal. */
  readonly width: number;
}

export type Renderer = (report: Report, options: RenderOptions) => string;

/** What `-o` takes. */
export const renderers: Readonly<Record<string, Renderer>> = {
  table: renderTable,
  short: renderShort,
  json: renderJson,
};
