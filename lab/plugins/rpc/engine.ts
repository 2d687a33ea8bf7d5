import { Client, credentials } from "@grpc/grpc-js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import engineMessages from "@pulumi/pulumi/proto/engine_pb.js";

import type { Severity } from "./provider.ts";

const severities: Record<Severity, engineMessages.LogSeverity> = {
  debug: engineMessages.LogSeverity.DEBUG,
  info: engineMessages.LogSeverity.INFO,
  warning: engineMessages.LogSeverity.WARNING,
  error: engineMessages.LogSeverity.ERROR,
};

export interface LogEntry {
  severity: Severity;
  /** Resource the message belongs to; empty for the stack as a whole. */
  urn: string;
  message: string;
  /** A status line that the next one replaces. */
  ephemeral: boolean;
}

/**
 * The engine's log. Messages arrive in the order they were given; those that cannot be delivered are dropped, because a log must
 * not fail an operation. Without an address (a plugin started by hand) everything is dropped.
 */
export class EngineLog {
  #client: Client | undefined;
  #sent: Promise<void> = Promise.resolve();

  constructor(address: string | undefined) {
    this.attach(address);
  }

  /** Points the log at another engine; an empty address silences it. */
  attach(address: string | undefined): void {
    this.close();
    this.#client = address ? new Client(address, credentials.createInsecure()) : undefined;
  }

  write(entry: LogEntry): void {
    const client = this.#client;
    if (client === undefined) return;
    const request = new engineMessages.LogRequest()
      .setSeverity(severities[entry.severity])
      .setUrn(entry.urn)
      .setMessage(entry.message)
      .setEphemeral(entry.ephemeral);
    this.#sent = this.#sent.then(() => deliver(client, request));
  }

  /** Settles when everything written so far has left. */
  flush(): Promise<void> {
    return this.#sent;
  }

  close(): void {
    this.#client?.close();
    this.#client = undefined;
  }
}

function deliver(client: Client, request: engineMessages.LogRequest): Promise<void> {
  return new Promise((resolve) => {
    client.makeUnaryRequest(
      "/pulumirpc.Engine/Log",
      (message: engineMessages.LogRequest) => Buffer.from(message.serializeBinary()),
      (bytes: Buffer) => empty.Empty.deserializeBinary(bytes),
      request,
      { deadline: Date.now() + 5_000 },
      () => resolve(),
    );
  });
}
