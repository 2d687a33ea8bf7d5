import type { Call, UpdateRequest, UpdateResponse } from "../rpc/provider.ts";
import type { PropertyMap } from "../rpc/property.ts";
import { containsUnknown } from "../rpc/property.ts";
import type { Answer } from "./api.ts";
import { ApiError, hasStatus, isUnavailable, NoMatchError, problemText } from "./api-errors.ts";
import { initialApiVersionOf, readCheckpoint, writeCheckpoint } from "./checkpoint.ts";
import { keyOf } from "./cluster.ts";
import { fieldManagerFor, isForced, isForeign, takeOver } from "./field-managers.ts";
import { overlaid } from "./foresight.ts";
import type { Manifest } from "./manifest.ts";
import { describe, field, fromProperties, isDefinition, kindOf, nameOf, withField, withoutField } from "./manifest.ts";
import { normalizeInputs } from "./normalize.ts";
import { differences, parsePath } from "./property-diff.ts";
import { prune } from "./prune.ts";
import { retry } from "./retry.ts";
import type { Session } from "./session.ts";
import { retrySeconds, showWarnings } from "./session.ts";
import { relinquish } from "./delete.ts";
import { isPatch } from "./token.ts";
import { outputsWhenReady } from "./waiting.ts";

/** Brings an existing object to the new inputs, by server-side apply, and waits until it is ready. */
export async function update(session: Session, request: UpdateRequest, call: Call): Promise<UpdateResponse> {
  const inputs = normalizeInputs(fromProperties(request.news));
  const old = readCheckpoint(request.olds);
  const initialApiVersion = initialApiVersionOf(request.olds, inputs);
  const guess = () => {
    const live = overlaid(old.live, inputs);
    return { properties: writeCheckpoint({ ...old, inputs, live, initialApiVersion }, request.news) };
  };
  if (request.preview && (containsUnknown(inputs) || !(await session.cluster.serves(inputs, call.signal)))) {
    return guess();
  }
  const { enableServerSideApply } = session.settings;
  const fieldManager = fieldManagerFor(inputs, old.fieldManager, enableServerSideApply);
  const oldManager = fieldManagerFor(old.inputs, old.fieldManager || fieldManager, enableServerSideApply);
  const change = { session, request, inputs, oldInputs: old.inputs, oldLive: old.live, fieldManager };
  const live = await send(change, call);
  if (live === undefined) return guess();

  const checkpoint = { inputs, live, initialApiVersion, fieldManager };
  if (request.preview) return { properties: writeCheckpoint(checkpoint, request.news) };
  const { timeoutSeconds, news: marks } = request;
  const arrival = { checkpoint, marks, timeoutSeconds, operation: "update" as const };
  const properties = await outputsWhenReady(session, arrival, call);
  if (enableServerSideApply && oldManager !== fieldManager) {
    await relinquish(session, live, oldManager, call);
  }
  return { properties };
}

interface Change {
  session: Session;
  request: UpdateRequest;
  inputs: Manifest;
  oldInputs: Manifest;
  oldLive: Manifest;
  fieldManager: string;
}

/** The changed object; undefined when a preview may not ask the server. */
async function send(change: Change, call: Call): Promise<Manifest | undefined> {
  const { inputs, request } = change;
  try {
    const { object, warnings } = await retry(() => attempt(change, call), {
      isTemporary: (error) => isUnavailable(error) || (isStale(error) && !request.preview),
      onRetry: (error) => call.status(`${describe(inputs)}: trying again, ${problemText(error)}`),
      signal: call.signal,
      limitSeconds: retrySeconds,
    });
    showWarnings(change.session, warnings, call);
    return object;
  } catch (error) {
    if (request.preview && hasStatus(error, 403)) return undefined;
    throw new Error(refusalText(inputs, error), { cause: error });
  }
}

async function attempt({ session, request, ...change }: Change, call: Call): Promise<Answer> {
  const { signal } = call;
  const { api } = session.cluster;
  const { preview, type } = request;
  const { inputs, fieldManager } = change;
  const options = { fieldManager, dryRun: preview, signal };
  let { object: live } = await api.get(withField(keyOf(inputs), ["metadata", "name"], nameOf(change.oldLive)), {
    signal,
  });
  if (isDefinition(inputs)) {
    // Writing the whole definition keeps its custom resources, and removes versions and fields that are gone from the program.
    const resourceVersion = field(live, "metadata", "resourceVersion") ?? null;
    return api.replace(withField(inputs, ["metadata", "resourceVersion"], resourceVersion), options);
  }
  const isOwnObject = !isPatch(type, kindOf(inputs));
  // An apply would merge lists with what we still hold by our other name; taking that over cannot be tried out.
  const isFirstApply = isOwnObject && preview && takeOver(live, fieldManager) !== undefined;
  if (!session.settings.enableServerSideApply || isFirstApply) {
    return api.mergePatch(live, mergePatch(prune(live, change.oldInputs), inputs), options);
  }
  if (!preview && isOwnObject) live = await withOwnFields(session, live, fieldManager, call);
  const force = isForced({ inputs, live, enablePatchForce: session.settings.enablePatchForce, preview });
  const applied = leaveIgnored(inputs, live, request.ignoreChanges, fieldManager);
  return api.apply(applied, { ...options, force });
}

/** Moves what we hold by other names to our manager, so that the apply may change and remove it. */
async function withOwnFields(session: Session, live: Manifest, manager: string, call: Call): Promise<Manifest> {
  const managedFields = takeOver(live, manager);
  if (managedFields === undefined) return live;
  const resourceVersion = field(live, "metadata", "resourceVersion") ?? null;
  const { object } = await session.cluster.api.jsonPatch(
    keyOf(live),
    [
      { op: "test", path: "/metadata/resourceVersion", value: resourceVersion },
      { op: "replace", path: "/metadata/managedFields", value: managedFields },
    ],
    { signal: call.signal },
  );
  return object;
}

/** Fields under `ignoreChanges`: what others hold is left to them, what we hold keeps its live value. */
function leaveIgnored(inputs: Manifest, live: Manifest, ignoreChanges: string[], manager: string): Manifest {
  return ignoreChanges.map(parsePath).reduce((object, path) => {
    if (!path.every((step) => typeof step === "string" && step !== "*")) return object;
    const steps = path as string[];
    if (isForeign(live, steps, manager)) return withoutField(object, ...steps);
    const value = field(live, ...steps);
    return value === undefined ? object : withField(object, steps, value);
  }, inputs);
}

/** From the live object, cut down to the old inputs, to the new inputs; lists are replaced whole. */
function mergePatch(before: PropertyMap, after: PropertyMap): PropertyMap {
  const patch: PropertyMap = {};
  for (const { path, kind } of differences(before, after)) {
    const end = path.findIndex((step) => typeof step === "number");
    const steps = (end < 0 ? path : path.slice(0, end)) as string[];
    const value = kind === "delete" && end < 0 ? null : (field(after, ...steps) ?? null);
    Object.assign(patch, withField(patch, steps, value));
  }
  return patch;
}

/** Somebody wrote between our reading and our writing. */
function isStale(error: unknown): boolean {
  return (
    error instanceof ApiError &&
    (error.status === 409 || error.status === 422) &&
    /object has been modified|testing path \/metadata\/resourceVersion/.test(error.message)
  );
}

function refusalText(inputs: Manifest, error: unknown): string {
  const name = describe(inputs);
  if (hasStatus(error, 404)) {
    return `${name} is gone from the cluster; run pulumi refresh, and the next update creates it again`;
  }
  if (error instanceof NoMatchError) return `${name} was not updated: ${error.message}`;
  const causes = error instanceof ApiError ? (error.details.causes ?? []) : [];
  const conflicts = causes.filter(({ reason }) => reason === "FieldManagerConflict");
  if (conflicts.length > 0) {
    const fields = conflicts.map((one) => `${one.field ?? ""} (${one.message ?? ""})`).join("; ");
    return `${name} was not updated: another field manager holds what the program changes: ${fields}. Remove these fields from the program, ignore them with ignoreChanges, or take them over with the annotation pulumi.com/patchForce: "true"`;
  }
  return `${name} was not updated, nothing changed: ${problemText(error)}`;
}
