import type { Cluster } from "../../../analyzers/cluster.ts";
import { escaped } from "../markup.ts";
import { nodeUsages } from "./node-usage.ts";
import type { NodeUsage, Usage } from "./node-usage.ts";

const barWidth = 150;

/** A row per node, a bar per resource; empty where no node was seen. */
export function nodeBars(cluster: Cluster): string {
  const nodes = nodeUsages(cluster);
  if (nodes.length === 0) return "";
  const labels = [...new Set(nodes.flatMap(({ usage }) => usage.map(({ label }) => label)))];
  const head = ["Node", ...labels].map((it) => `<th scope="col">${escaped(it)}</th>`).join("");
  const rows = nodes.map((it) => row(it, labels));
  return `<div class="wide"><table>\n<thead><tr>${head}</tr></thead>\n<tbody>\n${rows.join("\n")}\n</tbody>\n</table></div>`;
}

function row({ name, obstacles, usage }: NodeUsage, labels: readonly string[]): string {
  const why = obstacles.length === 0 ? "" : `<br><span class="badge fail">${escaped(obstacles.join(", "))}</span>`;
  const cells = labels.map((label) => {
    const found = usage.find((it) => it.label === label);
    return `<td>${found ? bar(found) : '<span class="soft">none</span>'}</td>`;
  });
  return `<tr><td><span class="object">${escaped(name)}</span>${why}</td>${cells.join("")}</tr>`;
}

function bar({ label, requested, allocatable, text }: Usage): string {
  const share = allocatable > 0 ? Math.min(requested / allocatable, 1) : requested > 0 ? 1 : 0;
  const filled = Math.round(share * barWidth);
  const full = share >= 1 ? " full" : "";
  return (
    `<svg width="${barWidth}" height="10" role="img" aria-label="${escaped(`${label}: ${text}`)}"><rect class="track" width="${barWidth}" height="10" rx="3"/>` +
    `<rect class="bar${full}" width="${filled}" height="10" rx="3"/></svg><br><span class="soft">${escaped(text)}</span>`
  );
}
