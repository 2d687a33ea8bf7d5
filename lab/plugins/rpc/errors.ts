import { Metadata, status } from "@grpc/grpc-js";
import type { ServiceError } from "@grpc/grpc-js";

export { status } from "@grpc/grpc-js";

/** An error with a gRPC status of its own. Any other error is reported as UNKNOWN with its message. */
export class StatusError extends Error {
  readonly code: status;

  constructor(code: status, message: string) {
    super(message);
    this.code = code;
  }
}

/** What gRPC sends for an error thrown by an operation: a status code and the message alone. */
export function toServiceError(error: unknown): Pick<ServiceError, "code" | "details" | "metadata"> {
  return {
    code: error instanceof StatusError ? error.code : status.UNKNOWN,
    details: error instanceof Error ? error.message : String(error),
    metadata: new Metadata(),
  };
}
