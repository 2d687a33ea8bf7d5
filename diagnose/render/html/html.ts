import { areas } from "../../../analyzers/areas.ts";
import type { Cluster } from "../../../analyzers/cluster.ts";
import type { Report } from "../../report.ts";
import { countsOf, seenAt, verdict } from "../findings.ts";
import { escaped } from "../markup.ts";
import type { RenderOptions } from "../render.ts";
import { causeGraph } from "./cause-graph.ts";
import { chainSections } from "./chains.ts";
import { nodeBars } from "./node-bars.ts";
import { style } from "./style.ts";
import { timeline } from "./timeline.ts";

/**
 * One page that needs nothing else: no script, no font, no picture from anywhere. Its policy forbids them too, whatever a text
 * from the cluster may hold.
 */
export function renderHtml(report: Report, _options: RenderOptions, cluster: Cluster): string {
  const { summary } = report;
  const tone =
    summary.failures > 0 ? "failure" : summary.warnings > 0 ? "warning" : summary.unknown > 0 ? "unknown" : "pass";
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Diagnosis: ${escaped(verdict(report))}</title>
<style>${style}</style>
</head>
<body>
<header class="${tone}">
<h1>Diagnosis: ${escaped(verdict(report))}</h1>
<p>${escaped(countsOf(report))}. ${escaped(seenAt(report))}.</p>
</header>
<main>
${[
  section("Causes and what follows from them", causeGraph(report.roots)),
  section("Root causes", chainSections(report.roots)),
  section("Nodes: what pods request of what they may take", nodeBars(cluster)),
  section("Events of the last hour", timeline(cluster, report.roots)),
  section("What was checked", checkTable(report)),
  section("What could not be read", unseenList(report)),
]
  .filter((it) => it !== "")
  .join("\n")}
</main>
</body>
</html>
`;
}

function section(title: string, content: string): string {
  return content === "" ? "" : `<section>\n<h2>${title}</h2>\n${content}\n</section>`;
}

function checkTable({ checks }: Report): string {
  const rows = checks.map(({ area, title, result, detail }) => {
    const cells = [areas[area].layer, areas[area].title, title, detail].map((it) => `<td>${escaped(it)}</td>`);
    return `<tr><td><span class="badge ${result}">${result}</span></td>${cells.join("")}</tr>`;
  });
  const head = ["result", "layer", "area", "check", "what was looked at"].map((it) => `<th scope="col">${it}</th>`);
  return `<div class="wide"><table>\n<thead><tr>${head.join("")}</tr></thead>\n<tbody>\n${rows.join("\n")}\n</tbody>\n</table></div>`;
}

function unseenList({ unseen }: Report): string {
  if (unseen.length === 0) return "";
  return `<ul>\n${unseen.map(({ kind, reason }) => `<li><b>${escaped(kind)}</b>: ${escaped(reason)}</li>`).join("\n")}\n</ul>`;
}
