import type { AnyObject } from "../../../kube/client.ts";
import { PartialError } from "../rpc/errors.ts";
import type { Call } from "../rpc/provider.ts";
import type { PropertyMap } from "../rpc/property.ts";
import { awaitDeleted } from "./await/await-deleted.ts";
import { ruleFor } from "./await/annotations.ts";
import { awaitReady } from "./await/await-ready.ts";
import { PartialError as NotReady } from "./await/context.ts";
import type { AwaitContext } from "./await/context.ts";
import { Observer } from "./await/observe.ts";
import { writeCheckpoint } from "./checkpoint.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { keyOf } from "./cluster.ts";
import type { Manifest } from "./manifest.ts";
import { apiVersionOf, describe, field, kindOf, nameOf, namespaceOf, text } from "./manifest.ts";
import type { Session } from "./session.ts";
import { objectId } from "./token.ts";

/** Everything about an object that exists now and has yet to become ready. */
export interface Arrival {
  /** Its first state; `live` is replaced by what it has become. */
  checkpoint: Checkpoint;
  /** Properties whose secret marks the outputs take over. */
  marks: PropertyMap;
  timeoutSeconds: number | undefined;
  operation: "create" | "update";
}

/**
 * Waits until the object is ready, and gives its outputs.
 * @throws PartialError with the object as it is, when it does not become ready or the wait is cancelled
 */
export async function outputsWhenReady(session: Session, arrival: Arrival, call: Call): Promise<PropertyMap> {
  const { checkpoint, marks, operation } = arrival;
  try {
    await awaitReady(
      awaitContext(session, call, arrival.timeoutSeconds),
      plain(checkpoint.live),
      plain(checkpoint.inputs),
      operation,
    );
  } catch (error) {
    const live = await newest(session, checkpoint.live);
    throw notReady({ ...checkpoint, live }, marks, operation, error);
  }
  call.status("");
  return writeCheckpoint({ ...checkpoint, live: await newest(session, checkpoint.live) }, marks);
}

function awaitContext(session: Session, call: Call, timeoutSeconds: number | undefined): AwaitContext {
  return {
    client: session.cluster.client,
    status: (message) => call.status(message),
    warn: (message) => call.log.warning(message),
    signal: call.signal,
    timeoutSeconds: timeoutSeconds ?? 0,
  };
}

/** Waits until a deleted object is gone. @throws with what holds it, when the time is over */
export async function untilGone(
  session: Session,
  { timeoutSeconds }: { timeoutSeconds: number | undefined },
  live: Manifest,
  call: Call,
): Promise<void> {
  const namespace = namespaceOf(live);
  const key = {
    apiVersion: apiVersionOf(live),
    kind: kindOf(live),
    metadata: { name: nameOf(live), ...(namespace && { namespace }) },
  };
  const uid = text(field(live, "metadata", "uid"));
  await awaitDeleted(awaitContext(session, call, timeoutSeconds), key, uid || undefined);
  call.status("");
}

/** Why an object is not ready right now, without waiting; empty when it is, or when its kind has no notion of it. */
export async function unreadiness(session: Session, live: Manifest, inputs: Manifest): Promise<string[]> {
  const rule = ruleFor(plain(live), plain(inputs));
  if (rule === undefined) return [];
  const seen = await new Observer(session.cluster.client, rule, "update").observe(plain(live));
  const { done, failed, message, reasons = [] } = rule.readiness(seen);
  if (done) return [];
  return [`${describe(live)} is not ready`, ...(failed ? [failed] : []), ...(message ? [message] : []), ...reasons];
}

function notReady(
  checkpoint: Checkpoint,
  marks: PropertyMap,
  operation: "create" | "update",
  error: unknown,
): PartialError {
  const { live } = checkpoint;
  const done = operation === "create" ? "created" : "updated";
  const message = error instanceof Error ? error.message : String(error);
  const reasons = error instanceof NotReady ? error.reasons : [];
  return new PartialError({
    id: objectId(nameOf(live), namespaceOf(live)),
    properties: writeCheckpoint(checkpoint, marks),
    inputs: marks,
    reasons: [`${describe(live)} was ${done}, but is not ready: ${message}`, ...reasons],
  });
}

/** What waiting saw may be older than what state should hold, and comes through typed models; see api.ts. */
async function newest(session: Session, last: Manifest): Promise<Manifest> {
  const options = { signal: AbortSignal.timeout(5_000) };
  const answer = await session.cluster.api.get(keyOf(last), options).catch(() => undefined);
  return answer?.object ?? last;
}

/** Both are JSON objects; they differ in what their types promise. */
function plain(object: Manifest): AnyObject {
  return object;
}
