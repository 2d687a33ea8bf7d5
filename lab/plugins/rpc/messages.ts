/** Between the engine's protobuf messages and the plain requests and responses of `provider.ts`. */
import type pb from "@pulumi/pulumi/proto/provider_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";

import type {
  CheckFailure,
  CheckRequest,
  CheckResponse,
  ConfigureRequest,
  CreateRequest,
  CreateResponse,
  DeleteRequest,
  DiffKind,
  DiffRequest,
  DiffResponse,
  InvokeRequest,
  InvokeResponse,
  ReadRequest,
  ReadResponse,
  Subject,
  UpdateRequest,
  UpdateResponse,
} from "./provider.ts";
import { decodeProperties, encodeProperties } from "./wire.ts";

export function configure(message: pb.ConfigureRequest): ConfigureRequest {
  return { args: decodeProperties(message.getArgs()) };
}

export function check(message: pb.CheckRequest): CheckRequest {
  return {
    ...subject(message),
    olds: decodeProperties(message.getOlds()),
    news: decodeProperties(message.getNews()),
  };
}

export function checked({ inputs, failures }: CheckResponse): pb.CheckResponse {
  return new messages.CheckResponse().setInputs(encodeProperties(inputs)).setFailuresList(failed(failures));
}

export function diff(message: pb.DiffRequest): DiffRequest {
  return {
    ...subject(message),
    id: message.getId(),
    oldInputs: decodeProperties(message.getOldInputs()),
    olds: decodeProperties(message.getOlds()),
    news: decodeProperties(message.getNews()),
  };
}

export function diffed(response: DiffResponse): pb.DiffResponse {
  const detailed = Object.entries(response.detailedDiff ?? {});
  const replaces = detailed.filter(([, { kind }]) => kind.endsWith("-replace")).map(([path]) => path);
  const { DIFF_SOME, DIFF_NONE } = messages.DiffResponse.DiffChanges;
  const message = new messages.DiffResponse()
    .setChanges(response.changes ? DIFF_SOME : DIFF_NONE)
    .setReplacesList(replaces)
    .setDiffsList([...new Set(detailed.map(([path]) => topLevel(path)))])
    .setHasdetaileddiff(response.detailedDiff !== undefined);
  const details = message.getDetaileddiffMap();
  for (const [path, { kind }] of detailed) details.set(path, new messages.PropertyDiff().setKind(kinds[kind]));
  return message;
}

export function create(message: pb.CreateRequest): CreateRequest {
  return {
    ...subject(message),
    properties: decodeProperties(message.getProperties()),
    timeoutSeconds: timeout(message),
    preview: message.getPreview(),
  };
}

export function created({ id, properties }: CreateResponse): pb.CreateResponse {
  return new messages.CreateResponse().setId(id).setProperties(encodeProperties(properties));
}

export function read(message: pb.ReadRequest): ReadRequest {
  return {
    ...subject(message),
    id: message.getId(),
    properties: decodeProperties(message.getProperties()),
    inputs: decodeProperties(message.getInputs()),
  };
}

export function found({ id, properties, inputs }: ReadResponse): pb.ReadResponse {
  const message = new messages.ReadResponse().setId(id);
  return id === "" ? message : message.setProperties(encodeProperties(properties)).setInputs(encodeProperties(inputs));
}

export function update(message: pb.UpdateRequest): UpdateRequest {
  return {
    ...subject(message),
    id: message.getId(),
    oldInputs: decodeProperties(message.getOldInputs()),
    olds: decodeProperties(message.getOlds()),
    news: decodeProperties(message.getNews()),
    timeoutSeconds: timeout(message),
    preview: message.getPreview(),
  };
}

export function updated({ properties }: UpdateResponse): pb.UpdateResponse {
  return new messages.UpdateResponse().setProperties(encodeProperties(properties));
}

export function remove(message: pb.DeleteRequest): DeleteRequest {
  return {
    ...subject(message),
    id: message.getId(),
    properties: decodeProperties(message.getProperties()),
    oldInputs: decodeProperties(message.getOldInputs()),
    timeoutSeconds: timeout(message),
  };
}

export function invoke(message: pb.InvokeRequest): InvokeRequest {
  return { token: message.getTok(), args: decodeProperties(message.getArgs()), preview: message.getPreview() };
}

export function invoked({ result, failures }: InvokeResponse): pb.InvokeResponse {
  return new messages.InvokeResponse().setReturn(encodeProperties(result)).setFailuresList(failed(failures));
}

const kinds: Record<DiffKind, pb.PropertyDiff.Kind> = {
  add: messages.PropertyDiff.Kind.ADD,
  "add-replace": messages.PropertyDiff.Kind.ADD_REPLACE,
  delete: messages.PropertyDiff.Kind.DELETE,
  "delete-replace": messages.PropertyDiff.Kind.DELETE_REPLACE,
  update: messages.PropertyDiff.Kind.UPDATE,
  "update-replace": messages.PropertyDiff.Kind.UPDATE_REPLACE,
};

/** Type and name are in every URN (`urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME`), also where an engine leaves the fields empty. */
function subject(message: { getUrn(): string; getType(): string; getName(): string }): Subject {
  const urn = message.getUrn();
  const [, , types = "", ...names] = urn.split("::");
  return {
    urn,
    type: message.getType() || (types.split("$").at(-1) ?? ""),
    name: message.getName() || names.join("::"),
  };
}

/** The engine sends 0 where no timeout is set. */
function timeout(message: { getTimeout(): number }): number | undefined {
  return message.getTimeout() || undefined;
}

function failed(failures: CheckFailure[] = []): pb.CheckFailure[] {
  return failures.map(({ property, reason }) => new messages.CheckFailure().setProperty(property).setReason(reason));
}

/** `spec.containers[0].image` and `["a.b"].c` begin with `spec` and `a.b`. */
function topLevel(path: string): string {
  const quoted = /^\["((?:[^"\\]|\\.)*)"\]/.exec(path);
  return quoted?.[1] ?? /^[^.[]*/.exec(path)?.[0] ?? path;
}
