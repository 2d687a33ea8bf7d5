import type { AnyObject, ObjectKey } from "../../../../kube/client.ts";
import { ruleFor, timeoutSeconds } from "./annotations.ts";
import { PartialError } from "./context.ts";
import type { AwaitContext } from "./context.ts";
import { recentWarnings } from "./events.ts";
import { Observer } from "./observe.ts";
import { poll } from "./polling.ts";
import { objectName } from "./readiness.ts";
import type { Observation, Readiness, ReadinessRule } from "./readiness.ts";

/**
 * Waits until a created or updated object is ready as its kind understands it, and returns it as it is then.
 * `inputs` carries the user's annotations (skipAwait, waitFor, timeoutSeconds).
 * Throws PartialError when it did not become ready in time, failed for good, vanished, or the wait was cancelled.
 */
export async function awaitReady(
  context: AwaitContext,
  live: AnyObject,
  inputs: AnyObject,
  operation: "create" | "update",
): Promise<AnyObject> {
  const rule = readRule(live, inputs);
  if (!rule) return live;

  const observer = new Observer(context.client, rule, operation);
  const key = keyOf(live);
  const seconds = timeoutSeconds(context.timeoutSeconds, inputs);
  const status = withoutRepeats((message) => context.status(message));
  let seen: Observation = { live, operation, waitedSeconds: 0, related: [] };
  let current: Readiness = { done: false };
  let missed = 0;

  const look = async (): Promise<Readiness | undefined> => {
    const found = await context.client.get(key);
    // An API server that is just starting may not know a kind for a moment: only a second look makes it sure.
    if (!found || found.metadata?.uid !== live.metadata?.uid) {
      missed += 1;
      return missed > 1 ? { done: false, failed: "it was deleted while it was being waited for" } : undefined;
    }
    missed = 0;
    if (isStale(found, live)) return undefined;
    seen = await observer.observe({ ...found, apiVersion: key.apiVersion, kind: key.kind });
    current = rule.readiness(seen);
    if (current.message) status(current.message);
    return current.done || current.failed ? current : undefined;
  };
  const onOutage = (problem: string): void => status(`The API server is away (${problem}); waiting for it`);
  const result = await poll(look, { signal: context.signal, timeoutSeconds: seconds, onOutage });

  const name = objectName(live);
  if (typeof result === "object" && result.done) {
    if (result.warning) context.warn(`${name}: ${result.warning}`);
    return seen.live;
  }
  if (result === "cancelled")
    throw new PartialError(`Waiting for ${name} was cancelled`, seen.live, reasonsOf(current));
  const reasons = typeof result === "object" ? (result.reasons ?? []) : reasonsOf(current);
  const related = seen.related.filter(({ kind }) => kind === "Pod" || kind === "PersistentVolumeClaim");
  const warnings = await recentWarnings(context.client, [seen.live, ...related]);
  const explained = [
    ...reasons,
    ...warnings.filter((warning) => !reasons.some((reason) => saysTheSame(reason, warning))),
  ];
  if (typeof result === "object")
    throw new PartialError(`${name} failed: ${result.failed ?? ""}`, seen.live, explained);
  const advice = `It was left as it is; look at it with \`kubectl ${describe(live)}\``;
  throw new PartialError(`${name} was not ready within ${seconds} s`, seen.live, [...explained, advice]);
}

function readRule(live: AnyObject, inputs: AnyObject): ReadinessRule | undefined {
  try {
    return ruleFor(live, inputs);
  } catch (error) {
    throw new PartialError(`${objectName(live)}: ${(error as Error).message}`, live, []);
  }
}

function reasonsOf({ reasons, message }: Readiness): string[] {
  return reasons ?? (message ? [message] : ["its state was never seen: the API server did not answer"]);
}

// An event often repeats what a condition said: "[Unschedulable] 0/1 nodes ..." and "[FailedScheduling] Pod x: 0/1 nodes ...".
function saysTheSame(reason: string, warning: string): boolean {
  return warning.endsWith(reason.slice(reason.lastIndexOf("] ") + 2));
}

// A read may come from a cache that is behind the write that we wait for.
function isStale(found: AnyObject, live: AnyObject): boolean {
  return (found.metadata?.generation ?? 0) < (live.metadata?.generation ?? 0);
}

function keyOf({ apiVersion = "", kind = "", metadata }: AnyObject): ObjectKey {
  const name = metadata?.name ?? "";
  const namespace = metadata?.namespace;
  return { apiVersion, kind, metadata: { name, ...(namespace && { namespace }) } };
}

function describe({ apiVersion = "", kind = "", metadata }: AnyObject): string {
  const [group] = apiVersion.includes("/") ? apiVersion.split("/") : [];
  const scope = metadata?.namespace ? `-n ${metadata.namespace} ` : "";
  return `${scope}describe ${kind.toLowerCase()}${group ? `.${group}` : ""} ${metadata?.name ?? ""}`;
}

function withoutRepeats(tell: (message: string) => void): (message: string) => void {
  let last = "";
  return (message) => {
    if (message !== last) tell(message);
    last = message;
  };
}
