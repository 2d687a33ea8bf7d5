import { levelOf } from "../../../analyzers/catalog.ts";
import { refText } from "../../../analyzers/finding.ts";
import { findingsIn } from "../../graph/graph.ts";
import type { Chain } from "../../graph/graph.ts";
import { escaped } from "../markup.ts";

const box = { width: 300, height: 54 };
const gap = { x: 44, y: 12 };
/** Letters of 7.25 px between two margins. */
const mostLetters = 39;
const mostChildren = 8;

interface Placed {
  readonly x: number;
  readonly y: number;
  readonly lines: readonly string[];
  /** All of it, for who points at it. */
  readonly title: string;
  readonly tone: string;
  readonly children: readonly Placed[];
}

/** Root causes at the left, what follows from each to its right, as one picture; empty where nothing was found. */
export function causeGraph(roots: readonly Chain[]): string {
  if (roots.length === 0) return "";
  let next = 0;
  const row = () => next++ * (box.height + gap.y);
  const placed = roots.map((it) => place(it, 0, row));
  const depth = Math.max(...roots.map(depthOf));
  const width = (depth + 1) * (box.width + gap.x) - gap.x + 4;
  const height = next * (box.height + gap.y) - gap.y + 4;
  const shapes = placed.flatMap(shapesOf).join("\n");
  return `<div class="wide"><svg width="${width}" height="${height}" viewBox="-2 -2 ${width} ${height}" role="img" aria-label="Causes and what follows from them">\n${shapes}\n</svg></div>`;
}

function depthOf({ symptoms }: Chain): number {
  return symptoms.length === 0 ? 0 : 1 + Math.max(...symptoms.map(depthOf));
}

/** A chain's box in the middle of those that follow from it. Of many alike the first are shown, and how many more. */
function place(chain: Chain, depth: number, row: () => number): Placed {
  const { finding, because, symptoms } = chain;
  const shown = symptoms.slice(0, mostChildren);
  const rest = symptoms.slice(mostChildren).flatMap(findingsIn).length;
  const x = depth * (box.width + gap.x);
  const children = shown.map((it) => place(it, depth + 1, row));
  const more = rest > 0 ? [moreBox(rest, x + box.width + gap.x, row())] : [];
  const below = [...children, ...more];
  const [first, last] = [below[0], below.at(-1)];
  const y = first && last ? (first.y + last.y) / 2 : row();
  const name = refText(finding.object);
  return {
    ...{ x, y, children: below, tone: levelOf(finding) },
    lines: [finding.code, name, because ?? finding.problem],
    title: [`${finding.code} at ${name}`, finding.problem, ...(because === undefined ? [] : [because])].join("\n"),
  };
}

function moreBox(count: number, x: number, y: number): Placed {
  const text = `and ${count} more`;
  return { x, y, lines: [text], title: text, tone: "skip", children: [] };
}

function shapesOf(placed: Placed): string[] {
  const { x, y, lines, title, tone, children } = placed;
  const [head = "", name = "", note = ""] = lines.map((it) => escaped(shortened(it)));
  const edges = children.map((child) => {
    const [fromX, fromY, toX, toY] = [x + box.width, y + box.height / 2, child.x, child.y + box.height / 2];
    const middle = (fromX + toX) / 2;
    return `<path class="edge" d="M${fromX} ${fromY} C${middle} ${fromY} ${middle} ${toY} ${toX} ${toY}"/>`;
  });
  return [
    ...edges,
    `<g class="${tone}"><title>${escaped(title)}</title><rect class="box" x="${x}" y="${y}" width="${box.width}" height="${box.height}" rx="6"/>` +
      `<text class="head" x="${x + 9}" y="${y + 17}">${head}</text><text x="${x + 9}" y="${y + 32}">${name}</text>` +
      `<text class="small" x="${x + 9}" y="${y + 46}">${note}</text></g>`,
    ...children.flatMap(shapesOf),
  ];
}

function shortened(text: string): string {
  return text.length > mostLetters ? `${text.slice(0, mostLetters - 3)}...` : text;
}
