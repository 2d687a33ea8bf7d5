import { parse, stringify } from "yaml";

/** One resource of an exported Pulumi state, in the order in which it was made. */
export interface StateResource {
  readonly type: string;
  readonly urn: string;
  readonly custom: boolean;
  /** True for what is only read. */
  readonly external?: boolean;
  readonly inputs?: Record<string, unknown>;
}

/** What somebody would run by hand to get the same objects. */
export type Step =
  | { readonly kind: "apply"; readonly manifests: string; readonly objects: number }
  | {
      readonly kind: "helm";
      readonly name: string;
      readonly namespace: string;
      readonly args: readonly string[];
      readonly values: string;
    };

interface ReleaseInputs {
  readonly name: string;
  readonly namespace: string;
  readonly chart: string;
  readonly version: string;
  readonly timeout: number;
  readonly values: unknown;
  readonly repositoryOpts?: { readonly repo?: string };
}

/**
 * Turns a state into `kubectl apply` of its objects, as many at once as the order allows, and `helm install --wait` of its
 * charts. Commands (gates, certificate) have no counterpart and are left out.
 *
 * @param resources of `pulumi stack export --show-secrets`
 */
export function installSteps(resources: readonly StateResource[]): Step[] {
  const made = resources.filter(
    ({ type, inputs, custom, external }) =>
      custom && external !== true && inputs !== undefined && type.startsWith("kubernetes:") && !type.endsWith("Patch"),
  );
  // As people do it: what other objects need to be known at all comes first.
  const isGround = ({ type }: StateResource) => /:(Namespace|CustomResourceDefinition)$/.test(type);
  const steps: Step[] = [];
  let objects: string[] = [];
  const flush = () => {
    if (objects.length > 0) steps.push({ kind: "apply", manifests: objects.join("---\n"), objects: objects.length });
    objects = [];
  };
  const add = ({ type, inputs = {} }: StateResource) => {
    if (type === "kubernetes:helm.sh/v3:Release") {
      flush();
      steps.push(helmInstall(plain(inputs) as ReleaseInputs));
    } else if ("kind" in inputs) objects.push(stringify(plain(inputs)));
  };
  made.filter(isGround).forEach(add);
  flush();
  made.filter((resource) => !isGround(resource)).forEach(add);
  flush();
  return steps;
}

/** The same objects in the other direction: charts first, then what was applied, last ones first. */
export function removeSteps(steps: readonly Step[]): Step[] {
  const last = steps.toReversed();
  return [...last.filter(({ kind }) => kind === "helm"), ...last.filter(({ kind }) => kind === "apply")];
}

function helmInstall({ name, namespace, chart, version, timeout, values, repositoryOpts }: ReleaseInputs): Step {
  const repo = repositoryOpts?.repo;
  const args = [chart, "--version", version, "--timeout", `${timeout}s`, "--wait", ...(repo ? ["--repo", repo] : [])];
  return { kind: "helm", name, namespace, args, values: stringify(plain(values)) };
}

/** Without the marks of the engine: what is secret, and what providers remember. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  if ("plaintext" in value && typeof value.plaintext === "string") return parse(value.plaintext);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !key.startsWith("__"))
      .map(([key, entry]) => [key, plain(entry)]),
  );
}
