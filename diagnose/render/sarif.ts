import { areas } from "../../analyzers/areas.ts";
import { entryOf, levelOf } from "../../analyzers/catalog.ts";
import type { Code } from "../../analyzers/catalog.ts";
import { refText } from "../../analyzers/finding.ts";
import type { Finding, Level, ObjectRef } from "../../analyzers/finding.ts";
import type { Report } from "../report.ts";
import { headOf, placedFindings, riskNote } from "./findings.ts";
import type { PlacedFinding } from "./findings.ts";
import { markdownText } from "./markup.ts";
import type { RenderOptions } from "./render.ts";

/**
 * SARIF 2.1.0 as GitHub's code scanning takes it: a rule for each code that was found, a result for each finding. Code scanning wants a file at
 * each result, and a cluster has none: the path is the object's, as `kubectl get KIND -n NAMESPACE NAME` would spell it.
 */
export function renderSarif(report: Report, { docsUrl }: RenderOptions): string {
  const found = placedFindings(report.roots);
  const codes = [...new Set(found.map(({ finding }) => finding.code))].sort();
  const run = {
    tool: {
      driver: {
        name: "kasm-vdi",
        ...(docsUrl !== undefined && { informationUri: docsUrl }),
        rules: codes.map((code) => ruleOf(code, docsUrl)),
      },
    },
    automationDetails: { id: "kasm-vdi/diagnose/" },
    invocations: [{ executionSuccessful: true, endTimeUtc: report.takenAt }],
    columnKind: "utf16CodeUnits",
    results: found.map((it) => resultOf(it, codes)),
    properties: { summary: report.summary, unseen: report.unseen },
  };
  const log = { $schema: "https://json.schemastore.org/sarif-2.1.0.json", version: "2.1.0", runs: [run] };
  return `${JSON.stringify(log, null, 2)}\n`;
}

const sarifLevels: Readonly<Record<Level, string>> = { failure: "error", warning: "warning", unknown: "note" };

function ruleOf(code: Code, docsUrl: string | undefined): object {
  const { area, level, title, symptom, cause, fix, byHand } = entryOf(code);
  const sections = [`Symptom: ${symptom}`, `Cause: ${cause}`, `Fix: ${fix}`];
  const commands = ["```sh", ...byHand, "```"].join("\n");
  return {
    id: code,
    name: code,
    shortDescription: { text: title },
    fullDescription: { text: cause },
    help: {
      text: [...sections, ...byHand].join("\n"),
      markdown: [...sections.map(markdownText), commands].join("\n\n"),
    },
    ...(docsUrl !== undefined && { helpUri: `${docsUrl.replace(/\/$/, "")}/${code}.md` }),
    defaultConfiguration: { level: sarifLevels[level] },
    properties: { tags: ["kubernetes", areas[area].title] },
  };
}

function resultOf(placed: PlacedFinding, codes: readonly Code[]): object {
  const { finding, cause, because } = placed;
  const { code, object, problem, evidence, fix } = finding;
  const follows = cause ? [`Follows from ${headOf(cause)}${because === undefined ? "" : `: ${because}`}.`] : [];
  const steps = fix.map((it) => `${it.text}${riskNote(it)}${it.command === undefined ? "" : ` ${it.command}`}`);
  return {
    ruleId: code,
    ruleIndex: codes.indexOf(code),
    level: sarifLevels[levelOf(finding)],
    message: { text: [problem, ...follows, ...steps].join("\n") },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: pathOf(object) }, region: { startLine: 1 } },
        logicalLocations: [{ name: object.name, fullyQualifiedName: qualifiedName(finding), kind: "resource" }],
      },
    ],
    partialFingerprints: { "kasmVdiFinding/v1": `${code} ${qualifiedName(finding)}` },
    properties: { evidence: evidence.map(({ object: at, field, value }) => `${refText(at)} ${field}: ${value}`) },
  };
}

/** `kasm/Pod/kasm-api-0`, each part as it may stand in an address. */
function pathOf({ kind, namespace, name }: ObjectRef): string {
  return ["cluster", ...(namespace === undefined ? [] : [namespace]), kind, name].map(encodeURIComponent).join("/");
}

function qualifiedName({ object, container }: Finding): string {
  return `${refText(object)}${container === undefined ? "" : ` container ${container}`}`;
}
