import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "mocha";

/** Writes a chart with these files (paths below its folder) and this Chart.yaml; it is gone after the tests of the block. */
export function demoChart(metadata: object, files: Record<string, string> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), "kasm-vdi-chart-"));
  after(() => {
    rmSync(folder, { recursive: true });
  });
  const chart = join(folder, "demo");
  mkdirSync(join(chart, "templates"), { recursive: true });
  writeFileSync(join(chart, "Chart.yaml"), JSON.stringify({ apiVersion: "v2", ...metadata }));
  for (const [path, content] of Object.entries(files)) writeFileSync(join(chart, path), content);
  return chart;
}
