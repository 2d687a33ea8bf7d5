import { stripVTControlCharacters } from "node:util";

/** What `pulumi preview --json` prints, as far as it is read here. */
export interface PreviewDocument {
  steps?: PreviewStep[];
  diagnostics?: { message: string; severity: string; urn?: string }[];
}

export interface PreviewStep {
  /** `create`, `update`, `replace`, `delete`, `same` ...; a replacement also has a step for each of its halves. */
  op: string;
  urn: string;
  oldState?: ResourceState;
  newState?: ResourceState;
  /** Property path -> what happens to it. */
  detailedDiff?: Record<string, { kind: string }> | null;
  diffReasons?: string[];
  replaceReasons?: string[];
}

export interface ResourceState {
  type: string;
  inputs?: Record<string, unknown>;
  parent?: string;
  protect?: boolean;
  retainOnDelete?: boolean;
  deletedWith?: string;
  ignoreChanges?: string[];
}

/** A step with its place in the tree of components. */
export interface TreeStep {
  step: PreviewStep;
  name: string;
  type: string;
  /** 0 for the stack. */
  depth: number;
}

/**
 * The document on the engine's standard output. An engine that ends early writes none: then what it said on its standard
 * error is the document's one error.
 */
export function readPreview(stdout: string, stderr: string): PreviewDocument {
  const start = stdout.indexOf("{");
  try {
    return JSON.parse(stdout.slice(Math.max(start, 0))) as PreviewDocument;
  } catch {
    const said = stderr.trim() || stdout.trim() || "nothing";
    return { diagnostics: [{ severity: "error", message: `The engine gave no preview. It said:\n${said}` }] };
  }
}

/** The steps as a tree, each below its parent; what has the same parent is ordered by type and name. */
export function stepTree(steps: readonly PreviewStep[]): TreeStep[] {
  const whole = steps.filter(({ op }) => !isHalfOfReplacement(op));
  // With --refresh a resource has a step for its reading first: what is to be done with it comes later.
  const last = new Map(whole.map((step) => [step.urn, step]));
  const children = Map.groupBy(last.values(), (step) => {
    const parent = stateOf(step).parent ?? "";
    return last.has(parent) ? parent : "";
  });
  const below = (parent: string, depth: number): TreeStep[] =>
    (children.get(parent) ?? [])
      .map((step) => ({ step, name: nameOf(step.urn), type: stateOf(step).type, depth }))
      .sort((one, other) => compare(one.type, other.type) || compare(one.name, other.name))
      .flatMap((child) => [child, ...below(child.step.urn, depth + 1)]);
  return below("", 0);
}

/** A resource's state after the step; of a deletion, the one before it. */
export function stateOf({ newState, oldState, urn }: PreviewStep): ResourceState {
  return newState ?? oldState ?? { type: urn.split("::").at(-2)?.split("$").at(-1) ?? "" };
}

/** `urn:pulumi:stack::project::type::name` -> `name`. */
export function nameOf(urn: string): string {
  return urn.split("::").at(-1) ?? urn;
}

/** Messages of one severity, without the engine's colours and the word that it puts in front. */
export function messagesOf({ diagnostics = [] }: PreviewDocument, severity: "error" | "warning"): string[] {
  return diagnostics
    .filter((diagnostic) => diagnostic.severity.startsWith(severity))
    .map(({ message, urn }) => {
      const text = stripVTControlCharacters(message.replace(/<\{%.*?%\}>/g, "")).trim();
      const bare = text.replace(/^(error|warning): /, "");
      const name = urn === undefined || urn === "" ? "" : nameOf(urn);
      return name === "" || urn?.includes("pulumi:pulumi:Stack") ? bare : `${name}: ${bare}`;
    })
    .filter((message) => message !== "");
}

/** Whether a message only repeats in general words what another one has said. */
export function isEcho(message: string): boolean {
  return message === "preview failed" || /^an unhandled error occurred: program exited/i.test(message);
}

function isHalfOfReplacement(op: string): boolean {
  return ["create-replacement", "delete-replaced", "discard-replaced", "remove-pending-replace"].includes(op);
}

// Not by locale: a golden is the same everywhere.
function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
