import { createHash } from "node:crypto";
import { Document, isScalar, visit } from "yaml";
import { stateOf, stepTree } from "./steps.ts";
import type { PreviewStep, ResourceState } from "./steps.ts";

/** Texts of more lines are told by their length and hash: they have a file of their own to be reviewed in. */
const mostLines = 12;

/** What the engine writes for a value that is known after `up` only. */
const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const crdType = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition";
const releaseType = "kubernetes:helm.sh/v3:Release";

/**
 * A preview as text that is the same on every machine and day, for a file under version control: one line per step in the
 * order of the tree, and below it the resource's inputs as YAML.
 *
 * @param places folders and files of this preview alone, and what to write in their place
 */
export function golden(steps: readonly PreviewStep[], places: Record<string, string> = {}): string {
  const placed = (text: string) =>
    Object.entries(places).reduce((result, [path, name]) => result.replaceAll(path, name), text);
  return stepTree(steps)
    .map(({ step, type, name, depth }) => {
      const state = stateOf(step);
      const headline = [step.op, type, name, ...highlights(state)].join(" ");
      const inputs = shownInputs(state, placed);
      const body = Object.keys(inputs).length > 0 ? asYaml(inputs) : "";
      return indented(`${headline}\n${indented(body, 4)}`, 2 * depth);
    })
    .join("");
}

/** What a reviewer looks for first: the chart with its version, and what keeps a resource from being deleted. */
export function highlights(state: ResourceState): string[] {
  const { type, inputs = {}, protect, retainOnDelete, deletedWith, ignoreChanges = [] } = state;
  return [
    ...(type === releaseType ? [`${baseName(String(inputs["chart"]))}@${String(inputs["version"])}`] : []),
    ...(protect ? ["[protected]"] : []),
    ...(retainOnDelete ? ["[retained]"] : []),
    ...(deletedWith ? [`[deleted with ${deletedWith.split("::").at(-1) ?? ""}]`] : []),
    ...(ignoreChanges.length > 0 ? [`[ignores ${ignoreChanges.join(", ")}]`] : []),
  ];
}

function shownInputs({ type, inputs = {} }: ResourceState, placed: (text: string) => string): Record<string, unknown> {
  const shown = Object.entries(inputs).filter(([key, value]) => isTelling(type, key, value));
  return Object.fromEntries(
    shown.map(([key, value]) => [
      key,
      // Vendored files, and pages of schema.
      type === crdType && key === "spec" ? `<sha256 ${digest(JSON.stringify(value))}>` : plain(value, placed),
    ]),
  );
}

/** Leaves out what the type or the headline has said, what only the engine needs, and what a Release does not ask for. */
function isTelling(type: string, key: string, value: unknown): boolean {
  if (key.startsWith("__")) return false;
  if (type === releaseType)
    return (
      !["chart", "version", "description", "keyring", "repositoryOpts"].includes(key) && value !== false && value !== ""
    );
  return !(type.startsWith("kubernetes:") && ["apiVersion", "kind"].includes(key));
}

function plain(value: unknown, placed: (text: string) => string): unknown {
  if (typeof value === "string") return plainText(value, placed);
  if (Array.isArray(value)) return value.map((item) => plain(item, placed));
  if (typeof value !== "object" || value === null) return value;
  // The digest is that of a stand-in chart's files.
  const told = Object.entries(value).filter(([key]) => key !== "digest");
  return Object.fromEntries(told.map(([key, item]) => [key, plain(item, placed)]));
}

function plainText(text: string, placed: (text: string) => string): unknown {
  if (text === unknownValue) return "<known after up>";
  if (/^[[{]/.test(text))
    try {
      return plain(JSON.parse(text), placed);
    } catch {
      // Not JSON after all: text as any other.
    }
  const lines = text.split("\n").length;
  return lines > mostLines ? `<${lines} lines, sha256 ${digest(placed(text))}>` : placed(text);
}

/** Keys in order, one line per value, and lists of words on one line. */
function asYaml(value: Record<string, unknown>): string {
  const document = new Document(value, { sortMapEntries: true });
  visit(document, {
    Seq: (_, list) => {
      if (list.items.every(isScalar) && list.items.map(String).join().length < 80) list.flow = true;
    },
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}

function baseName(path: string): string {
  return path.split("/").filter(Boolean).at(-1) ?? path;
}

function indented(text: string, by: number): string {
  return text.replace(/^(?=.)/gm, " ".repeat(by));
}
