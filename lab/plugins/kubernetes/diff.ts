import type { Call, DiffRequest, DiffResponse } from "../rpc/provider.ts";
import {
  field,
  fromProperties,
  hasAnnotation,
  apiVersionOf,
  kindOf,
  nameOf,
  namespaceOf,
  withField,
  withoutField,
} from "./manifest.ts";
import type { Manifest } from "./manifest.ts";
import { readCheckpoint } from "./checkpoint.ts";
import { keyOf } from "./cluster.ts";
import { isBuiltIn } from "./known-kinds.ts";
import { isAutonamed, isNamed } from "./names.ts";
import { normalizeInputs } from "./normalize.ts";
import type { Difference } from "./property-diff.ts";
import { covers, differences, diffKind, formatPath, parsePath } from "./property-diff.ts";
import { prune } from "./prune.ts";
import { patchReplaceRules, replaceRules, touchesRule } from "./replace-rules.ts";
import type { Session } from "./session.ts";
import { creationOf } from "./session.ts";
import { isPatch } from "./token.ts";
import { isObject, sameValue } from "../rpc/property.ts";
import type { PropertyValue } from "../rpc/property.ts";
import type { Path } from "./replace-rules.ts";

/**
 * Compares the object in state, cut down to the old inputs, with the new inputs: drift that a refresh found shows, fields that the server
 * and controllers add do not.
 */
export async function diff(session: Session, request: DiffRequest, call: Call): Promise<DiffResponse> {
  const { inputs: oldInputs, live } = readCheckpoint(request.olds);
  // The engine knows the object, so its creation is no longer pending.
  session.pending.end(creationOf(session, request.urn, live));
  const given = fromProperties(request.news);
  const isNamespaced = await session.cluster.isNamespaced(apiVersionOf(given), kindOf(given), call.signal);
  const news = inNamespace(normalizeInputs(given), isNamespaced);
  const olds = normalizeInputs(oldInputs);
  const before = comparable(live, olds, news, isNamespaced);

  const ignored = request.ignoreChanges.map(parsePath);
  const rules = isPatch(request.type, kindOf(news)) ? patchReplaceRules : replaceRules(news, session.settings);
  const changes = differences(before, news)
    .filter((change) => !isDropped(change, olds, news))
    .filter(({ path }) => !ignored.some((one) => covers(one, path)))
    .map((change) => ({ ...change, replaces: replaces(change, rules) }));

  const unready = await unreadyJob(session, news, live, call);
  const replaced = changes.filter((change) => change.replaces).map(({ path }) => formatPath(path));
  const allReplaces = [...replaced, ...unready];
  return {
    changes: changes.length > 0 || unready.length > 0,
    replaces: allReplaces,
    detailedDiff: Object.fromEntries(
      changes.map((change) => [
        formatPath(change.path),
        { kind: diffKind(change, change.replaces), inputDiff: change.kind === "delete" },
      ]),
    ),
    deleteBeforeReplace: allReplaces.length > 0 && keepsName(news, live),
  };
}

/** Without metadata there is no identity left. */
function replaces({ path, value, kind }: Difference, rules: string[][]): boolean {
  return touchesRule(rules, path, value) || (kind === "delete" && formatPath(path) === "metadata");
}

function comparable(live: Manifest, olds: Manifest, news: Manifest, isNamespaced: boolean): Manifest {
  let before = withoutField(inNamespace(prune(live, olds), isNamespaced), "metadata", "resourceVersion");
  for (const key of ["apiVersion", "kind"]) {
    if (before[key] === undefined) before = { [key]: news[key] ?? null, ...before };
  }
  return nameOf(news) === "" ? before : withField(before, ["metadata", "name"], nameOf(live));
}

function inNamespace(object: Manifest, isNamespaced: boolean): Manifest {
  if (!isNamespaced) return withoutField(object, "metadata", "namespace");
  const namespace = field(object, "metadata", "namespace");
  return namespace === undefined || namespace === "" ? withField(object, ["metadata", "namespace"], "default") : object;
}

/** A field of a built-in kind that was applied before with this very value, and that the server does not keep: nothing changed. */
function isDropped({ path, kind, value }: Difference, olds: Manifest, news: Manifest): boolean {
  return kind === "add" && isBuiltIn(apiVersionOf(news)) && sameValue(at(olds, path), value);
}

function at(object: Manifest, path: Path): PropertyValue | undefined {
  return path.reduce<PropertyValue | undefined>((value, step) => {
    if (Array.isArray(value) && typeof step === "number") return value[step];
    return isObject(value) && typeof step === "string" ? value[step] : undefined;
  }, object);
}

/** The old object must go first when the new one needs its name; one that the provider named gets another name. */
function keepsName(news: Manifest, live: Manifest): boolean {
  return (
    isNamed(news) && !isAutonamed(news) && nameOf(news) === nameOf(live) && namespaceOf(news) === namespaceOf(live)
  );
}

/** The annotation `pulumi.com/replaceUnready` replaces a Job that has not completed. */
async function unreadyJob(session: Session, news: Manifest, live: Manifest, call: Call): Promise<string[]> {
  const annotation = "pulumi.com/replaceUnready";
  if (!hasAnnotation(news, annotation)) return [];
  if (kindOf(news) !== "Job") {
    call.log.warning(`the annotation ${annotation} works for Jobs only`);
    return [];
  }
  if (session.cluster.unreachable !== undefined) return [];
  const answer = await session.cluster.api.get(keyOf(live), { signal: call.signal }).catch(() => undefined);
  const conditions = field(answer?.object, "status", "conditions");
  const isComplete =
    Array.isArray(conditions) &&
    conditions.some((one) => field(one, "type") === "Complete" && field(one, "status") === "True");
  return answer === undefined || isComplete ? [] : [`metadata.annotations["${annotation}"]`];
}
