import { entryOf, levelOf } from "../../../analyzers/catalog.ts";
import { refText } from "../../../analyzers/finding.ts";
import type { Evidence, Fix } from "../../../analyzers/finding.ts";
import type { Chain } from "../../graph/graph.ts";
import { riskNote } from "../findings.ts";
import { escaped } from "../markup.ts";

/** A card for each root cause: what is wrong, why that is known, what to do, what follows. */
export function chainSections(roots: readonly Chain[]): string {
  return roots.map(card).join("\n");
}

function card({ finding, symptoms }: Chain, index: number): string {
  const { code, object, container, problem, evidence, fix } = finding;
  const { title, cause, mayPass = false } = entryOf(code);
  const where = `${refText(object)}${container === undefined ? "" : `, container ${container}`}`;
  return [
    `<article class="${levelOf(finding)}" id="cause-${index + 1}">`,
    `<h3>${index + 1}. ${escaped(title)} <span class="code">${escaped(code)}</span></h3>`,
    `<p class="object">${escaped(where)}</p>`,
    `<p>${escaped(problem)}</p>`,
    `<p class="soft">${escaped(cause)}${mayPass ? " It may pass by itself." : ""}</p>`,
    ...(evidence.length > 0 ? ["<dl>", "<dt>Evidence</dt>", ...evidence.map(evidenceLine), "</dl>"] : []),
    ...(fix.length > 0 ? ["<dl>", "<dt>Fix</dt>", ...fix.map(fixLine), "</dl>"] : []),
    ...(symptoms.length > 0
      ? ["<dl>", "<dt>What follows from it</dt>", `<dd>${symptomList(symptoms)}</dd>`, "</dl>"]
      : []),
    "</article>",
  ].join("\n");
}

function evidenceLine({ object, field, value }: Evidence): string {
  return `<dd><span class="object">${escaped(refText(object))}</span> ${escaped(field)}<pre>${escaped(value)}</pre></dd>`;
}

function fixLine(fix: Fix): string {
  const command = fix.command === undefined ? "" : `<pre>${escaped(fix.command)}</pre>`;
  return `<dd>${escaped(fix.text)}${riskNote(fix)}${command}</dd>`;
}

function symptomList(symptoms: readonly Chain[]): string {
  const items = symptoms.map(({ finding, because, symptoms: further }) => {
    const why = because === undefined ? finding.problem : because;
    const below = further.length > 0 ? symptomList(further) : "";
    return `<li><span class="object">${escaped(refText(finding.object))}</span> ${escaped(finding.code)}: ${escaped(why)}${below}</li>`;
  });
  return `<ul>${items.join("")}</ul>`;
}
