import type { handleUnaryCall, sendUnaryData, ServerUnaryCall, UntypedServiceImplementation } from "@grpc/grpc-js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import type pb from "@pulumi/pulumi/proto/provider_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";

import type { EngineLog } from "./engine.ts";
import { status, StatusError, toServiceError } from "./errors.ts";
import * as from from "./messages.ts";
import type { Call, ResourceProvider, Severity } from "./provider.ts";

export interface ServiceContext {
  log: EngineLog;
  /** Aborts every running operation. */
  shutdown: AbortController;
}

/** The gRPC methods of `pulumirpc.ResourceProvider` over a provider. Construct, Call, Parameterize, List and mappings are UNIMPLEMENTED. */
export function providerService(provider: ResourceProvider, context: ServiceContext): UntypedServiceImplementation {
  const { log, shutdown } = context;
  const method = <Request, Response>(
    run: (request: Request, call: Call) => Promise<Response> | Response,
    urnOf: (request: Request) => string = () => "",
  ): handleUnaryCall<Request, Response> => unary(context, run, urnOf);
  const urn = (request: { getUrn(): string }) => request.getUrn();

  return {
    // Without byte strings: nothing here needs text that is not UTF-8.
    handshake: method((request: pb.ProviderHandshakeRequest) => {
      if (request.getEngineAddress() !== "") log.attach(request.getEngineAddress());
      return new messages.ProviderHandshakeResponse().setAcceptSecrets(true).setAcceptResources(true);
    }),
    attach: method((request: { getAddress(): string }) => {
      log.attach(request.getAddress());
      return new empty.Empty();
    }),
    getPluginInfo: method(() => new plugin.PluginInfo().setVersion(provider.version)),
    checkConfig: method(
      async (request: pb.CheckRequest, call) =>
        from.checked(await needs(provider, "checkConfig")(from.check(request), call)),
      urn,
    ),
    diffConfig: method(
      async (request: pb.DiffRequest, call) =>
        from.diffed(await needs(provider, "diffConfig")(from.diff(request), call)),
      urn,
    ),
    configure: method(async (request: pb.ConfigureRequest, call) => {
      await provider.configure?.(from.configure(request), call);
      return new messages.ConfigureResponse().setAcceptsecrets(true).setAcceptresources(true).setSupportspreview(true);
    }),
    check: method(
      async (request: pb.CheckRequest, call) => from.checked(await needs(provider, "check")(from.check(request), call)),
      urn,
    ),
    diff: method(
      async (request: pb.DiffRequest, call) => from.diffed(await needs(provider, "diff")(from.diff(request), call)),
      urn,
    ),
    create: method(
      async (request: pb.CreateRequest, call) =>
        from.created(await needs(provider, "create")(from.create(request), call)),
      urn,
    ),
    read: method(
      async (request: pb.ReadRequest, call) => from.found(await needs(provider, "read")(from.read(request), call)),
      urn,
    ),
    update: method(
      async (request: pb.UpdateRequest, call) =>
        from.updated(await needs(provider, "update")(from.update(request), call)),
      urn,
    ),
    delete: method(async (request: pb.DeleteRequest, call) => {
      await needs(provider, "delete")(from.remove(request), call);
      return new empty.Empty();
    }, urn),
    invoke: method(async (request: pb.InvokeRequest, call) =>
      from.invoked(await needs(provider, "invoke")(from.invoke(request), call)),
    ),
    cancel: method(async () => {
      shutdown.abort(new StatusError(status.CANCELLED, "the engine cancelled the operation"));
      await provider.cancel?.();
      return new empty.Empty();
    }),
  };
}

type Operation = Exclude<keyof ResourceProvider, "name" | "version" | "cancel" | "configure">;

function needs<Name extends Operation>(provider: ResourceProvider, name: Name): NonNullable<ResourceProvider[Name]> {
  const operation = provider[name];
  if (operation === undefined)
    throw new StatusError(status.UNIMPLEMENTED, `the ${provider.name} plugin does not implement ${name}`);
  return operation.bind(provider) as NonNullable<ResourceProvider[Name]>;
}

/** Answers after every message of the operation has reached the engine, which closes a resource's log with the answer. */
function unary<Request, Response>(
  { log, shutdown }: ServiceContext,
  run: (request: Request, call: Call) => Promise<Response> | Response,
  urnOf: (request: Request) => string,
): handleUnaryCall<Request, Response> {
  const answer = async (rpc: ServerUnaryCall<Request, Response>, reply: sendUnaryData<Response>) => {
    const dropped = new AbortController();
    rpc.on("cancelled", () => dropped.abort(new StatusError(status.CANCELLED, "the engine dropped the operation")));
    const call = callFor(log, urnOf(rpc.request), AbortSignal.any([shutdown.signal, dropped.signal]));
    try {
      const response = await run(rpc.request, call);
      await log.flush();
      reply(null, response);
    } catch (error) {
      await log.flush();
      reply(toServiceError(error));
    }
  };
  return (rpc, reply) => void answer(rpc, reply);
}

function callFor(log: EngineLog, urn: string, signal: AbortSignal): Call {
  const at = (severity: Severity) => (message: string) => log.write({ severity, urn, message, ephemeral: false });
  return {
    signal,
    log: { debug: at("debug"), info: at("info"), warning: at("warning"), error: at("error") },
    status: (message) => log.write({ severity: "info", urn, message, ephemeral: true }),
  };
}
