import type { Call, CreateRequest, CreateResponse } from "../rpc/provider.ts";
import { containsUnknown } from "../rpc/property.ts";
import {
  hasStatus,
  isAlreadyExists,
  isMissingNamespace,
  isUnavailable,
  NoMatchError,
  problemText,
} from "./api-errors.ts";
import { writeCheckpoint } from "./checkpoint.ts";
import { keyOf } from "./cluster.ts";
import { creationManager, fieldManagerFor, isForced, isFreshlyCreated } from "./field-managers.ts";
import { withPlaceholders } from "./foresight.ts";
import type { Manifest } from "./manifest.ts";
import {
  apiVersionOf,
  describe,
  field,
  fromProperties,
  kindOf,
  nameOf,
  namespaceOf,
  withoutField,
} from "./manifest.ts";
import type { PendingCreate } from "./pending-creates.ts";
import { differences, formatPath } from "./property-diff.ts";
import { prune } from "./prune.ts";
import { retry } from "./retry.ts";
import type { Session } from "./session.ts";
import { creationOf, retrySeconds, showWarnings } from "./session.ts";
import { isPatch, objectId } from "./token.ts";
import { outputsWhenReady, untilGone } from "./waiting.ts";

/**
 * Creates the object, or applies a patch to one, and waits until it is ready. An object that exists already is an error, except with
 * `upsertExistingObjects`, and except when it is what an interrupted run of this very resource left.
 */
export async function create(session: Session, request: CreateRequest, call: Call): Promise<CreateResponse> {
  const inputs = fromProperties(request.properties);
  if (request.preview) return previewCreate(session, request, inputs, call);

  const fieldManager = fieldManagerFor(inputs, "", session.settings.enableServerSideApply);
  const note = creationOf(session, request.urn, inputs);
  session.pending.begin(note);
  try {
    const live = await send(session, request, { inputs, fieldManager, note }, call);
    const checkpoint = { inputs, live, initialApiVersion: apiVersionOf(inputs), fieldManager };
    const { timeoutSeconds, properties: marks } = request;
    const arrival = { checkpoint, marks, timeoutSeconds, operation: "create" as const };
    const properties = await outputsWhenReady(session, arrival, call);
    return { id: objectId(nameOf(live), namespaceOf(live)), properties };
  } finally {
    // Nobody may be left to hear the answer; then the note stays, until the engine shows that it knows the object.
    if (!call.signal.aborted) session.pending.end(note);
  }
}

interface Creation {
  inputs: Manifest;
  fieldManager: string;
  note: PendingCreate;
}

async function send(session: Session, request: CreateRequest, creation: Creation, call: Call): Promise<Manifest> {
  const { inputs } = creation;
  const isTemporary = (error: unknown) =>
    error instanceof NoMatchError || hasStatus(error, 404) || isUnavailable(error);
  try {
    const { object, warnings } = await retry(() => ask(session, request, creation, call), {
      isTemporary,
      onRetry: (error) => call.status(`${describe(inputs)}: trying again, ${problemText(error)}`),
      signal: call.signal,
      limitSeconds: retrySeconds,
    });
    showWarnings(session, warnings, call);
    return object;
  } catch (error) {
    if (isAlreadyExists(error)) return settle(session, request, creation, call);
    throw new Error(`${describe(inputs)} was not created: ${problemText(error)}`, { cause: error });
  }
}

function ask(
  { cluster, settings }: Session,
  { type, preview }: CreateRequest,
  { inputs, fieldManager }: Creation,
  { signal }: Call,
) {
  const applies = settings.enableServerSideApply && (settings.upsertExistingObjects || isPatch(type, kindOf(inputs)));
  if (!applies) return cluster.api.create(inputs, { fieldManager: creationManager, dryRun: preview, signal });
  const force = isForced({ inputs, live: undefined, enablePatchForce: settings.enablePatchForce, preview });
  return cluster.api.apply(inputs, { fieldManager, force, dryRun: preview, signal });
}

/** What the server would make of it. Where it cannot be asked, or may not say, the inputs as they are. */
async function previewCreate(
  session: Session,
  request: CreateRequest,
  inputs: Manifest,
  call: Call,
): Promise<CreateResponse> {
  const asGiven = { id: "", properties: withPlaceholders(request.properties, inputs) };
  const isAskable =
    session.settings.enableServerSideApply &&
    !containsUnknown(inputs) &&
    !isPatch(request.type, kindOf(inputs)) &&
    (await session.cluster.serves(inputs, call.signal));
  if (!isAskable) return asGiven;
  const fieldManager = fieldManagerFor(inputs, "", session.settings.enableServerSideApply);
  try {
    const note = creationOf(session, request.urn, inputs);
    const { object } = await ask(session, request, { inputs, fieldManager, note }, call);
    // An empty status would be taken for the final one by what reads it.
    const live = withPlaceholders(withoutField(object, "status"), inputs);
    const checkpoint = { inputs, live, initialApiVersion: apiVersionOf(inputs), fieldManager };
    return { id: "", properties: writeCheckpoint(checkpoint, request.properties) };
  } catch (error) {
    // A replaced object is still there, and namespaces may be about to be made.
    const isExpected =
      hasStatus(error, 403) || isAlreadyExists(error) || isMissingNamespace(error) || isUnavailable(error);
    if (isExpected || problemText(error).includes("does not support dry run")) return asGiven;
    // Where an old object still stands, the server may also refuse what it would take once that is gone.
    if (await isThere(session, inputs, call)) return asGiven;
    throw new Error(`${describe(inputs)} cannot be created: ${problemText(error)}`, { cause: error });
  }
}

async function isThere({ cluster }: Session, inputs: Manifest, { signal }: Call): Promise<boolean> {
  return cluster.api.get(keyOf(inputs), { signal }).then(
    () => true,
    () => false,
  );
}

/** Deals with an object of the same name that is there: one that is going makes room, our own orphan is taken over. */
async function settle(session: Session, request: CreateRequest, creation: Creation, call: Call): Promise<Manifest> {
  const { inputs, note } = creation;
  const live = await session.cluster.api.get(keyOf(inputs), { signal: call.signal }).then(
    ({ object }) => object,
    (error: unknown) => {
      if (hasStatus(error, 404)) return undefined;
      throw error;
    },
  );
  // It has gone between the two requests.
  if (live === undefined) return send(session, request, creation, call);
  if (field(live, "metadata", "deletionTimestamp") !== undefined) {
    await untilGone(session, request, live, call);
    return send(session, request, creation, call);
  }
  const differing = differences(prune(live, inputs), inputs).map(({ path }) => formatPath(path));
  const isOurs = session.pending.explains(note, live) && isFreshlyCreated(live) && differing.length === 0;
  if (!isOurs) throw new Error(existsMessage(inputs, live, note.urn, differing));
  call.log.info(`${describe(inputs)} was created by an interrupted run of this resource and is taken over`);
  return live;
}

function existsMessage(inputs: Manifest, live: Manifest, urn: string, differing: string[]): string {
  const id = objectId(nameOf(live), namespaceOf(live));
  const likeness =
    differing.length === 0
      ? "all fields that the program sets are the same"
      : `these fields differ from the program: ${differing.slice(0, 5).join(", ")}${differing.length > 5 ? " ..." : ""}`;
  return [
    `${describe(inputs)} exists already, and not in this stack's state (${likeness}).`,
    `- left by an interrupted run (the engine reports a pending create): pulumi refresh --import-pending-creates '${urn}' --import-pending-creates '${id}'`,
    `- to manage it here from now on: the resource option import: "${id}"`,
    "- to change single fields and leave it to its owner: a Patch resource",
    "- to overwrite whatever exists: upsertExistingObjects on the provider",
    "- renamed in the program: the resource option aliases with the old name",
  ].join("\n");
}
