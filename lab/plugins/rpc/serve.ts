import { Server, ServerCredentials } from "@grpc/grpc-js";
import grpcService from "@pulumi/pulumi/proto/provider_grpc_pb.js";

import { EngineLog } from "./engine.ts";
import { status, StatusError } from "./errors.ts";
import type { ResourceProvider } from "./provider.ts";
import { providerService } from "./service.ts";

export interface RunningProvider {
  port: number;
  /** Aborts what runs and frees the port. */
  stop(reason: string): void;
}

/** Serves a provider on a free loopback port. `engineAddress` is where log messages go; without one they are dropped. */
export async function listen(provider: ResourceProvider, engineAddress: string | undefined): Promise<RunningProvider> {
  const log = new EngineLog(engineAddress);
  const shutdown = new AbortController();
  // The output of a command may pass gRPC's default of 4 MiB; the engine itself allows 400 MiB.
  const server = new Server({
    "grpc.max_receive_message_length": 400 * 1024 * 1024,
    "grpc.max_send_message_length": -1,
  });
  server.addService(grpcService.ResourceProviderService, providerService(provider, { log, shutdown }));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return {
    port,
    stop: (reason) => {
      shutdown.abort(new StatusError(status.CANCELLED, reason));
      server.forceShutdown();
      log.close();
    },
  };
}

/**
 * Runs a plugin process: serves the provider, prints the port as the first line of output, ends when the engine says so (a signal)
 * or is gone. Whatever an operation started must end with its `Call.signal`, which is given a moment before the process exits.
 */
export async function servePlugin(provider: ResourceProvider): Promise<void> {
  const parent = process.ppid;
  // Set by the wrapper for a quick start; commands that the plugin runs should not write there too.
  delete process.env["NODE_COMPILE_CACHE"];
  const running = await listen(provider, process.argv[2]);
  let isEnding = false;
  const end = (reason: string) => {
    if (isEnding) return;
    isEnding = true;
    running.stop(reason);
    setTimeout(() => process.exit(0), 20);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => end(`the plugin received ${signal}`));
  // An engine that is killed sends nothing; its plugins are then children of another process.
  setInterval(() => process.ppid !== parent && end("the engine is gone"), 500);
  process.stdout.on("error", () => end("the engine is gone"));
  process.stdout.write(`${String(running.port)}\n`);
}
