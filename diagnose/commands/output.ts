import { Option } from "commander";
import type { Command } from "commander";
import type { Cluster } from "../../analyzers/cluster.ts";
import { renderers } from "../render/render.ts";
import type { RenderOptions } from "../render/render.ts";
import type { Report } from "../report.ts";

export interface OutputOptions {
  readonly output: string;
  readonly docsUrl?: string;
}

export function withOutputOptions(command: Command): Command {
  return command
    .addOption(new Option("-o, --output <format>", "format").choices(Object.keys(renderers)).default("table"))
    .addOption(
      new Option("--docs-url <url>", "where docs/diagnosis can be read, for links in sarif").env("KASM_VDI_DOCS_URL"),
    );
}

/** Prints a report, and nothing else, on standard output. */
export function printReport(report: Report, cluster: Cluster, { output, docsUrl }: OutputOptions): void {
  const options = { ...terminalOf(process.stdout), ...(docsUrl !== undefined && { docsUrl }) };
  process.stdout.write(renderers[output]?.(report, options, cluster) ?? "");
}

/** Colours only where somebody can see them. */
export function terminalOf({ isTTY, columns }: NodeJS.WriteStream): Pick<RenderOptions, "color" | "width"> {
  const color = isTTY && !process.env["NO_COLOR"] && process.env["TERM"] !== "dumb";
  return { color, width: isTTY ? columns : 80 };
}
