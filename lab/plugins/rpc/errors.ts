import { Metadata, status } from "@grpc/grpc-js";
import type { ServiceError } from "@grpc/grpc-js";
import anyMessage from "google-protobuf/google/protobuf/any_pb.js";
import providerMessages from "@pulumi/pulumi/proto/provider_pb.js";
import statusMessages from "@pulumi/pulumi/proto/status_pb.js";

import type { PropertyMap } from "./property.ts";
import { encodeProperties } from "./wire.ts";

export { status } from "@grpc/grpc-js";

/** An error with a gRPC status of its own. Any other error is reported as UNKNOWN with its message. */
export class StatusError extends Error {
  readonly code: status;

  constructor(code: status, message: string) {
    super(message);
    this.code = code;
  }
}

/** What state records of an object that exists but is not as it should be. */
export interface PartialState {
  id: string;
  properties: PropertyMap;
  inputs: PropertyMap;
  /** One line each: why it is not ready. */
  reasons: string[];
}

/** The object exists, but did not become ready: the engine keeps it in state with the reasons and tries an update next time. */
export class PartialError extends Error {
  readonly partial: PartialState;

  constructor(partial: PartialState) {
    super(partial.reasons.join("; "));
    this.partial = partial;
  }
}

/** What gRPC sends for an error thrown by an operation: a status code, the message alone, and details where the engine reads them. */
export function toServiceError(error: unknown): Pick<ServiceError, "code" | "details" | "metadata"> {
  const details = error instanceof Error ? error.message : String(error);
  const metadata = new Metadata();
  if (error instanceof PartialError) {
    metadata.set("grpc-status-details-bin", Buffer.from(initFailedStatus(error.partial, details)));
  }
  const code = error instanceof StatusError ? error.code : status.UNKNOWN;
  return { code, details, metadata };
}

/** google.rpc.Status that carries ErrorResourceInitFailed: pulumi/pulumi, sdk/go/common/resource/plugin, parseError. */
function initFailedStatus(partial: PartialState, message: string): Uint8Array {
  const detail = new providerMessages.ErrorResourceInitFailed()
    .setId(partial.id)
    .setProperties(encodeProperties(partial.properties))
    .setInputs(encodeProperties(partial.inputs))
    .setReasonsList(partial.reasons);
  const any = new anyMessage.Any();
  any.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  return new statusMessages.Status()
    .setCode(status.UNKNOWN)
    .setMessage(message)
    .setDetailsList([any])
    .serializeBinary();
}
