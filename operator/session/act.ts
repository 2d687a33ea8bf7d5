import { UnknownKindError, apiMessage, classifyError, statusCode } from "../../kube/client.ts";
import type { ClusterClient, ErrorClass } from "../../kube/client.ts";
import type { AnyObject, ObjectMeta } from "../../kube/object.ts";
import { fingerprint, withoutAdditions } from "../resources/fingerprint.ts";
import { labels, managerName } from "../resources/labels.ts";
import type { Refusal } from "../view/session-view.ts";
import type { Outcome } from "./write-limit.ts";
import { isNeeded } from "./write.ts";
import type { Batch, Write } from "./write.ts";

export interface Writer {
  readonly client: Pick<ClusterClient, "create" | "apply" | "mergePatch" | "delete">;
  /** Takes in what the API server answered. */
  readonly observe: (object: AnyObject) => void;
  /** Told of each write that was tried, with what the API server has of the object then. */
  readonly onTried?: (write: Write, outcome: Outcome, answer?: AnyObject) => void;
  /** Whether an answer 5xx to what has to be made is told too: it is no longer a moment's. */
  readonly tellsFailures?: boolean;
}

/**
 * Does the writes, batch after batch. What the API server refuses for good is told, not thrown: the status says it.
 *
 * @throws what may pass later: no answer, 5xx unless it is told, 429
 */
export async function act(batches: readonly Batch[], writer: Writer): Promise<Refusal[]> {
  const refusals: Refusal[] = [];
  for (const batch of batches) {
    const results = await Promise.allSettled(batch.map((write) => doWrite(write, writer)));
    const failure = results.find((it) => it.status === "rejected");
    if (failure) throw failure.reason;
    const refused = results.map((it) => (it.status === "fulfilled" ? it.value : undefined));
    refusals.push(...refused.filter((it) => it !== undefined));
    // What could not be deleted keeps nobody waiting.
    if (batch.some((write, index) => refused[index] !== undefined && isNeeded(write))) break;
  }
  return refusals;
}

async function doWrite(write: Write, writer: Writer): Promise<Refusal | undefined> {
  try {
    const answer = await send(write, writer);
    if (answer) writer.observe(answer);
    writer.onTried?.(write, "done", answer);
    return undefined;
  } catch (error) {
    const outcome = outcomeOf(write, error, writer);
    writer.onTried?.(write, outcome);
    if (outcome === "failed") throw error;
    return outcome === "lost" ? undefined : outcome;
  }
}

function send(write: Write, { client }: Writer): Promise<AnyObject | undefined> {
  switch (write.do) {
    case "create":
      return createOr(() => takeOver(write, client), write.object, client);
    case "apply": {
      const apply = () => applyAll(write.object, client);
      return write.isNew ? createOr(apply, write.object, client) : apply();
    }
    case "merge":
      return client.mergePatch(write.object, managerName);
    case "delete": {
      const { key, uid, resourceVersion, graceSeconds } = write;
      const options = {
        ...(uid !== undefined && { uid }),
        ...(resourceVersion !== undefined && { resourceVersion }),
        ...(graceSeconds !== undefined && { gracePeriodSeconds: graceSeconds }),
      };
      return client.delete(key, "Background", options).then(() => undefined);
    }
  }
}

/** @param otherwise what to do when an object of the name is there */
async function createOr(
  otherwise: () => Promise<AnyObject>,
  object: AnyObject,
  client: Writer["client"],
): Promise<AnyObject> {
  try {
    return await client.create(object, { fieldManager: managerName });
  } catch (error) {
    if (classifyError(error) !== "exists") throw error;
    return otherwise();
  }
}

/** @throws ForeignObjectError; `not-found` when the object is gone again: then it can be made the next time */
async function takeOver(
  { object, refresh, renewWith, foreign = "take" }: Write & { do: "create" },
  client: Writer["client"],
): Promise<AnyObject> {
  const { kind = "", metadata = {} } = object;
  const found = await present(object, client);
  const isForeign = !found.metadata?.managedFields?.some(({ manager }) => manager === managerName);
  if (isForeign && foreign === "refuse") throw new ForeignObjectError(kind, metadata.name ?? "");
  // Who has the name has what goes with it, a home.
  if (foreign === "refuse" && !isOfOwner(found, metadata)) throw new HeldNameError(found);
  const said = ({ metadata }: AnyObject) => metadata?.annotations?.[renewWith ?? ""];
  const isOutdated = renewWith !== undefined && said(found) !== said(object);
  if (isOutdated || (isForeign && foreign === "replace")) return client.mergePatch(object, managerName);
  const marks = { ...refresh, ...marksOf(object) };
  // As it was judged: another session's pod may have taken the name meanwhile.
  if (foreign === "refuse") marks.metadata = { ...marks.metadata, ...versionOf(found) };
  return client.mergePatch(marks, managerName);
}

function versionOf({ metadata: { resourceVersion } = {} }: AnyObject): Pick<ObjectMeta, "resourceVersion"> {
  return resourceVersion === undefined ? {} : { resourceVersion };
}

/** Whether what is there belongs to whom we make it for, or did before somebody took its owner away. */
function isOfOwner({ metadata }: AnyObject, wanted: ObjectMeta): boolean {
  const controller = (of: ObjectMeta = {}) => of.ownerReferences?.find(({ controller }) => controller)?.uid;
  const id = (of: ObjectMeta = {}) => of.labels?.[labels.session];
  return controller(metadata) === undefined ? id(metadata) === id(wanted) : controller(metadata) === controller(wanted);
}

/** Others' additions stay through an apply, which only knows the fields of ours, or make it invalid. */
async function applyAll(wanted: AnyObject, client: Writer["client"]): Promise<AnyObject> {
  const found = await client.apply(wanted, { fieldManager: managerName, force: true }).catch((error: unknown) => {
    if (classifyError(error) !== "invalid") throw error;
    return present(wanted, client);
  });
  if (fingerprint(found) === fingerprint(wanted)) return found;
  return client.mergePatch(withoutAdditions(wanted, found), managerName);
}

/** What has the object's name now: by a patch that changes nothing, since the operator has no right to read it by name. */
function present({ apiVersion, kind, metadata: { name, namespace } = {} }: AnyObject, client: Writer["client"]) {
  const metadata = { ...(name !== undefined && { name }), ...(namespace !== undefined && { namespace }) };
  return client.mergePatch({ ...({ apiVersion, kind } as AnyObject), metadata }, managerName);
}

/** An object that the operator did not make has the name of one that it has to make. */
class ForeignObjectError extends Error {
  override readonly name = "ForeignObjectError";

  constructor(kind: string, name: string) {
    super(`a ${kind} ${name} is there that the operator did not make; delete it`);
  }
}

/** Another session's object has the name of one that the operator has to make. */
class HeldNameError extends Error {
  override readonly name = "HeldNameError";
  readonly found: AnyObject;

  constructor(found: AnyObject) {
    const { name = "", ownerReferences = [] } = found.metadata ?? {};
    const owner = ownerReferences.find(({ controller }) => controller);
    super(`pod ${name} of ${owner ? `session ${owner.name}` : "a session that is gone"} has it`);
    this.found = found;
  }
}

/** What makes an object ours: it was not seen since others took its marks away, or since its creation is still on the way. */
function marksOf({ apiVersion, kind, metadata = {} }: AnyObject): AnyObject {
  const { name, namespace, labels, ownerReferences } = metadata;
  return {
    ...({ apiVersion, kind } as AnyObject),
    metadata: {
      ...{ ...(name !== undefined && { name }), ...(namespace !== undefined && { namespace }) },
      ...{ ...(labels && { labels }), ...(ownerReferences && { ownerReferences }) },
    },
  };
}

const refused: Partial<Record<ErrorClass, Refusal["why"]>> = {
  quota: "Quota",
  terminating: "Terminating",
  invalid: "Invalid",
  denied: "Forbidden",
};

function outcomeOf(write: Write, error: unknown, { tellsFailures = false, observe }: Writer): Exclude<Outcome, "done"> {
  const kind = (write.do === "delete" ? write.key.kind : write.object.kind) as Refusal["kind"];
  if (error instanceof UnknownKindError) return { kind, why: "Missing", message: error.message };
  if (error instanceof ForeignObjectError) return { kind, why: "Taken", message: error.message };
  if (error instanceof HeldNameError) {
    observe(error.found);
    return { kind, why: "Held", message: error.message };
  }
  const what = classifyError(error);
  // Somebody else was faster, or it is gone: the watch brings what there is now.
  if (what === "conflict" || (what === "not-found" && write.do === "merge")) return "lost";
  // No admission webhook that is away answers itself: the API server does, with 500.
  const isAnswer = what === "unavailable" && statusCode(error) !== undefined;
  const isFailure = tellsFailures && (write.do === "create" || write.do === "apply") && isAnswer;
  const why = isFailure ? "Failing" : refused[what];
  return why === undefined ? "failed" : { kind, why, message: apiMessage(error) };
}
