import type { Call, DeleteRequest } from "../rpc/provider.ts";
import { skipsDeletionAwait, timeoutSeconds } from "./await/annotations.ts";
import { ApiError, hasStatus, isUnavailable, NoMatchError, problemText } from "./api-errors.ts";
import { readCheckpoint } from "./checkpoint.ts";
import { keyOf, unreachableMessage } from "./cluster.ts";
import type { Manifest } from "./manifest.ts";
import { annotation, describe, field, kindOf, nameOf, text, withField } from "./manifest.ts";
import { retry } from "./retry.ts";
import type { Session } from "./session.ts";
import { retrySeconds } from "./session.ts";
import { isPatch, parseId } from "./token.ts";
import { untilGone } from "./waiting.ts";

/** Deletes the object and waits until it is gone; a patch resource only gives its fields back. What is gone already is no error. */
export async function remove(session: Session, request: DeleteRequest, call: Call): Promise<void> {
  const { inputs, live, fieldManager } = readCheckpoint(request.properties);
  if (session.cluster.unreachable !== undefined) {
    leaveUnreachable(session, call);
    return;
  }
  const target = withField(keyOf(live), ["metadata", "name"], parseId(request.id).name || nameOf(live));
  try {
    if (session.settings.enableServerSideApply && isPatch(request.type, kindOf(inputs) || kindOf(live))) {
      await relinquish(session, target, fieldManager, call);
    } else {
      await deleteAndWait(session, request, { inputs, target, uid: text(field(live, "metadata", "uid")) }, call);
    }
  } catch (error) {
    if (error instanceof NoMatchError || hasStatus(error, 404)) return;
    throw error;
  }
}

function leaveUnreachable({ cluster, settings }: Session, call: Call): void {
  if (!settings.deleteUnreachable) {
    throw new Error(
      `${unreachableMessage(cluster)}. If the cluster is gone for good, PULUMI_K8S_DELETE_UNREACHABLE=true removes its resources from the state`,
    );
  }
  call.log.warning(`${unreachableMessage(cluster)}; removed from the state only, as deleteUnreachable is set`);
}

interface Target {
  inputs: Manifest;
  target: Manifest;
  uid: string;
}

async function deleteAndWait(
  session: Session,
  request: DeleteRequest,
  { inputs, target, uid }: Target,
  call: Call,
): Promise<void> {
  await retry(() => session.cluster.api.delete(target, propagation(inputs), { signal: call.signal }), {
    isTemporary: isUnavailable,
    onRetry: (error) => call.status(`${describe(target)}: trying again, ${problemText(error)}`),
    signal: call.signal,
    limitSeconds: retrySeconds,
  }).catch((error: unknown) => {
    if (error instanceof NoMatchError || hasStatus(error, 404)) throw error;
    throw new Error(`${describe(target)} was not deleted: ${problemText(error)}`, { cause: error });
  });
  const program = inputs as unknown as Parameters<typeof skipsDeletionAwait>[0];
  if (skipsDeletionAwait(program)) return;
  const seconds = timeoutSeconds(request.timeoutSeconds ?? 0, program);
  await untilGone(session, { timeoutSeconds: seconds }, withField(target, ["metadata", "uid"], uid), call);
}

function propagation(inputs: Manifest): "Foreground" | "Background" | "Orphan" {
  const asked = annotation(inputs, "pulumi.com/deletionPropagationPolicy").toLowerCase();
  if (asked === "orphan") return "Orphan";
  return asked === "background" ? "Background" : "Foreground";
}

/**
 * Gives up all fields of a manager. Fields that nobody else holds go, or fall back to defaults. An object that is gone stays gone:
 * an apply alone would make an empty one.
 */
export async function relinquish(session: Session, target: Manifest, manager: string, call: Call): Promise<void> {
  const { signal } = call;
  await session.cluster.api.get(keyOf(target), { signal });
  try {
    await session.cluster.api.apply(keyOf(target), { fieldManager: manager, force: false, signal });
  } catch (error) {
    const causes = error instanceof ApiError ? (error.details.causes ?? []) : [];
    const required = causes.find(({ reason }) => reason === "FieldValueRequired");
    if (required === undefined) throw error;
    throw new Error(
      `${describe(target)} needs the field ${required.field ?? ""}, which this patch resource alone holds: it cannot be given back. Set retainOnDelete on the resource, or let somebody else set the field first`,
      { cause: error },
    );
  }
}
