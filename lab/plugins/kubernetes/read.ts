import { PartialError } from "../rpc/errors.ts";
import type { Call, ReadRequest, ReadResponse } from "../rpc/provider.ts";
import { hasStatus, isUnavailable, NoMatchError, problemText } from "./api-errors.ts";
import { initialApiVersionOf, markSecrets, readCheckpoint, writeCheckpoint } from "./checkpoint.ts";
import { keyOf, unreachableMessage } from "./cluster.ts";
import { fieldManagerFor } from "./field-managers.ts";
import type { Manifest } from "./manifest.ts";
import {
  apiVersionOf,
  describe,
  fromProperties,
  kindOf,
  nameOf,
  namespaceOf,
  withField,
  withoutField,
} from "./manifest.ts";
import { normalizeInputs } from "./normalize.ts";
import { prune } from "./prune.ts";
import { retry } from "./retry.ts";
import type { Session } from "./session.ts";
import { retrySeconds } from "./session.ts";
import { isPatch, parseId, parseToken } from "./token.ts";
import { unreadiness } from "./waiting.ts";

const gone: ReadResponse = { id: "", properties: {}, inputs: {} };

/**
 * The object as it is now: for refresh (old inputs tell which fields are of the program), for import and `get` (all fields are).
 * @throws PartialError in a refresh, when the object is not ready
 */
export async function read(session: Session, request: ReadRequest, call: Call): Promise<ReadResponse> {
  const { inputs: oldInputs, isFirst } = identify(request);
  const live = await fetchLive(session, oldInputs, call);
  if (live === undefined) return gone;

  const pruned = prune(live, oldInputs);
  const inputs = isFirst ? { ...pruned, ...programmable(live) } : pruned;
  const { fieldManager: inState } = readCheckpoint(request.properties);
  const fieldManager = fieldManagerFor(oldInputs, inState, session.settings.enableServerSideApply);
  const initialApiVersion = initialApiVersionOf(request.properties, oldInputs);
  const answer = {
    id: request.id,
    properties: writeCheckpoint({ inputs, live, initialApiVersion, fieldManager }, request.inputs),
    inputs: markSecrets(inputs, request.inputs),
  };
  const reasons = isFirst ? [] : await unreadiness(session, live, oldInputs);
  if (reasons.length > 0) throw new PartialError({ ...answer, reasons });
  return answer;
}

/** What the options say of a resource whose cluster does not answer. @throws when they say nothing */
export function readUnreachable({ settings, cluster }: Session, request: ReadRequest, call: Call): ReadResponse {
  const problem = unreachableMessage(cluster);
  if (settings.deleteUnreachable) {
    call.log.warning(`${problem}; removed from the state, as deleteUnreachable is set`);
    return gone;
  }
  if (settings.skipUpdateUnreachable) {
    call.log.warning(`${problem}; the state is left as it was, as skipUpdateUnreachable is set`);
    return { id: request.id, properties: request.properties, inputs: request.inputs };
  }
  throw new Error(
    `${problem}. If the cluster is gone for good, PULUMI_K8S_DELETE_UNREACHABLE=true removes its resources from the state`,
  );
}

/** Which object the request means. Without inputs from state it is a first read, and the id and type are all there is. */
function identify(request: ReadRequest): { inputs: Manifest; isFirst: boolean } {
  const { name, namespace } = parseId(request.id);
  if (!name) throw new Error(`"${request.id}" names no object; an id is NAME or NAMESPACE/NAME`);
  const given = normalizeInputs(fromProperties(request.inputs));
  const { live } = readCheckpoint(request.properties);
  if (apiVersionOf(given) !== "" && kindOf(given) !== "") return { inputs: given, isFirst: false };
  const fromLive = { apiVersion: live["apiVersion"] ?? "", kind: live["kind"] ?? "" };
  const isFirst = fromLive.kind === "";
  const type = isFirst ? targetType(request.type) : fromLive;
  let inputs: Manifest = { ...given, ...type };
  if (nameOf(inputs) === "") inputs = withField(inputs, ["metadata", "name"], name);
  if (namespaceOf(inputs) === "" && namespace) inputs = withField(inputs, ["metadata", "namespace"], namespace);
  return { inputs, isFirst };
}

/** `ConfigMapPatch` is read as the ConfigMap that it patches. */
function targetType(token: string): { apiVersion: string; kind: string } {
  const { apiVersion, kind } = parseToken(token);
  const target = kind.replace(/Patch$/, "");
  return { apiVersion, kind: isPatch(token, target) ? target : kind };
}

async function fetchLive({ cluster }: Session, inputs: Manifest, call: Call): Promise<Manifest | undefined> {
  try {
    const { object } = await retry(() => cluster.api.get(keyOf(inputs), { signal: call.signal }), {
      isTemporary: isUnavailable,
      onRetry: (error) => call.status(`${describe(inputs)}: trying again, ${problemText(error)}`),
      signal: call.signal,
      limitSeconds: retrySeconds,
    });
    return object;
  } catch (error) {
    // A custom resource whose definition is gone is gone with it.
    if (error instanceof NoMatchError || hasStatus(error, 404)) return undefined;
    throw new Error(`${describe(inputs)} was not read: ${problemText(error)}`, { cause: error });
  }
}

const serverFields = ["creationTimestamp", "generation", "managedFields", "resourceVersion", "uid", "selfLink"];
const serverAnnotations = ["deployment.kubernetes.io/revision", "kubectl.kubernetes.io/last-applied-configuration"];

/** What a program could have said of this object: everything but the status and what the server writes. */
function programmable(live: Manifest): Manifest {
  const stripped = serverFields.reduce(
    (object, key) => withoutField(object, "metadata", key),
    withoutField(live, "status"),
  );
  return serverAnnotations.reduce((object, key) => withoutField(object, "metadata", "annotations", key), stripped);
}
