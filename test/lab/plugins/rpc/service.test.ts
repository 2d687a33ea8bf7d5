import { Metadata, Server, ServerCredentials, status } from "@grpc/grpc-js";
import type { ServiceError } from "@grpc/grpc-js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import engineService from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import type engineMessages from "@pulumi/pulumi/proto/engine_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import { expect } from "chai";

import { StatusError } from "../../../../lab/plugins/rpc/errors.ts";
import { secret, Unknown } from "../../../../lab/plugins/rpc/property.ts";
import type { ResourceProvider } from "../../../../lab/plugins/rpc/provider.ts";
import { decodeProperties, encodeProperties } from "../../../../lab/plugins/rpc/wire.ts";
import { createRequest, serveForTest, urnOf } from "../plugin-client.ts";
import type { PluginClient } from "../plugin-client.ts";

const about = { name: "toy", version: "1.2.3" };
const type = "toy:index:Toy";

describe("a provider over gRPC", () => {
  let plugin: PluginClient | undefined;
  const serve = async (provider: Omit<ResourceProvider, "name" | "version">, engine?: string) =>
    (plugin = await serveForTest({ ...about, ...provider }, engine));
  const create = (request: messages.CreateRequest) =>
    plugin!.call<messages.CreateResponse>((client, reply) => client.create(request, reply));
  const failure = async (work: Promise<unknown>): Promise<ServiceError> => {
    try {
      await work;
    } catch (error) {
      return error as ServiceError;
    }
    throw new Error("it did not fail");
  };

  afterEach(() => {
    plugin?.close();
    plugin = undefined;
  });

  it("gets decoded properties with type and name from the URN, and answers with secrets and unknowns", async () => {
    await serve({
      create: ({ type, name, properties, preview }) => ({
        id: `${type}/${name}/${preview}`,
        properties: { ...properties, later: new Unknown("number") },
      }),
    });
    const response = await create(createRequest(type, { key: secret("s") }, true));
    expect(response.getId()).to.equal("toy:index:Toy/it/true");
    expect(decodeProperties(response.getProperties())).to.deep.equal({
      key: secret("s"),
      later: new Unknown("number"),
    });
  });

  it("answers UNIMPLEMENTED for what it leaves out, so that the engine falls back", async () => {
    await serve({});
    const error = await failure(
      plugin!.call((client, reply) => client.checkConfig(new messages.CheckRequest(), reply)),
    );
    expect(error.code).to.equal(status.UNIMPLEMENTED);
  });

  it("accepts secrets in the handshake and reports its version", async () => {
    await serve({});
    const hands = await plugin!.call<messages.ProviderHandshakeResponse>((client, reply) =>
      client.handshake(new messages.ProviderHandshakeRequest(), reply),
    );
    expect(hands.getAcceptSecrets()).to.equal(true);
    const info = await plugin!.call<{ getVersion(): string }>((client, reply) =>
      client.getPluginInfo(new empty.Empty(), reply),
    );
    expect(info.getVersion()).to.equal("1.2.3");
  });

  it("names property and reason of what Check refuses", async () => {
    await serve({
      check: ({ news }) => ({ inputs: news, failures: [{ property: "spec.size", reason: "is negative" }] }),
    });
    const request = new messages.CheckRequest().setUrn(urnOf(type, "it")).setNews(encodeProperties({ spec: {} }));
    const response = await plugin!.call<messages.CheckResponse>((client, reply) => client.check(request, reply));
    expect(response.getFailuresList().map((item) => item.toObject())).to.deep.equal([
      { property: "spec.size", reason: "is negative" },
    ]);
  });

  it("derives replacements and changed properties from a detailed diff", async () => {
    await serve({
      diff: () => ({
        changes: true,
        detailedDiff: { "spec.size": { kind: "update-replace" }, '["a.b"].c[0]': { kind: "add" } },
      }),
    });
    const response = await plugin!.call<messages.DiffResponse>((client, reply) =>
      client.diff(new messages.DiffRequest(), reply),
    );
    expect(response.getChanges()).to.equal(messages.DiffResponse.DiffChanges.DIFF_SOME);
    expect(response.getReplacesList()).to.deep.equal(["spec.size"]);
    expect(response.getDiffsList()).to.deep.equal(["spec", "a.b"]);
    const size = response.getDetaileddiffMap().get("spec.size");
    expect(size?.toObject()).to.deep.equal({ kind: messages.PropertyDiff.Kind.UPDATE_REPLACE, inputdiff: false });
  });

  it("reports a thrown error by its message alone, with its own code where it has one", async () => {
    await serve({
      create: () => {
        throw new StatusError(status.INVALID_ARGUMENT, "size is negative");
      },
      read: () => Promise.reject(new Error("the disk is full")),
    });
    const invalid = await failure(create(createRequest(type, {})));
    expect([invalid.code, invalid.details]).to.deep.equal([status.INVALID_ARGUMENT, "size is negative"]);
    const plain = await failure(plugin!.call((client, reply) => client.read(new messages.ReadRequest(), reply)));
    expect([plain.code, plain.details]).to.deep.equal([status.UNKNOWN, "the disk is full"]);
  });

  it("aborts running operations when the engine cancels, with a message that says so", async () => {
    await serve({
      create: (_, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason as Error));
        }),
    });
    const running = failure(create(createRequest(type, {})));
    await new Promise((resolve) => setTimeout(resolve, 50));
    await plugin!.call((client, reply) => client.cancel(new empty.Empty(), reply));
    expect((await running).details).to.contain("cancelled");
  });

  it("delivers messages in order, before the operation's answer, with the resource's URN", async () => {
    const received: engineMessages.LogRequest.AsObject[] = [];
    const engine = new Server();
    engine.addService(engineService.EngineService, {
      log: (call: { request: engineMessages.LogRequest }, reply: (error: null, response: empty.Empty) => void) => {
        received.push(call.request.toObject());
        setTimeout(() => reply(null, new empty.Empty()), 5);
      },
      getRootResource: unused,
      setRootResource: unused,
      startDebugging: unused,
      requirePulumiVersion: unused,
    });
    const port = await new Promise<number>((resolve, reject) => {
      engine.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      );
    });
    try {
      await serve(
        {
          create: (_, call) => {
            call.status("waiting");
            call.log.info("done");
            return { id: "1", properties: {} };
          },
        },
        `127.0.0.1:${port}`,
      );
      await create(createRequest(type, {}));
      expect(received.map(({ message, ephemeral, urn }) => [message, ephemeral, urn])).to.deep.equal([
        ["waiting", true, urnOf(type, "it")],
        ["done", false, urnOf(type, "it")],
      ]);
    } finally {
      engine.forceShutdown();
    }
  });

  it("works with an engine that cannot be reached for logging", async () => {
    await serve(
      {
        create: (_, call) => {
          call.log.info("nobody listens");
          return { id: "1", properties: {} };
        },
      },
      "127.0.0.1:1",
    );
    expect((await create(createRequest(type, {}))).getId()).to.equal("1");
  });

  it("takes properties beyond gRPC's default limit of 4 MiB", async () => {
    await serve({ create: ({ properties }) => ({ id: String((properties.text as string).length), properties: {} }) });
    const response = await create(createRequest(type, { text: "x".repeat(4_500_000) }));
    expect(response.getId()).to.equal("4500000");
  });
});

function unused(_call: unknown, reply: (error: Partial<ServiceError>) => void): void {
  reply({ code: status.UNIMPLEMENTED, metadata: new Metadata() });
}
