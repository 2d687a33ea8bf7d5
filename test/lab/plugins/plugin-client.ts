/** A provider behind real gRPC, as the engine would call it. */
import { credentials } from "@grpc/grpc-js";
import type { ServiceError } from "@grpc/grpc-js";
import grpc from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";

import type { PropertyMap } from "../../../lab/plugins/rpc/property.ts";
import type { ResourceProvider } from "../../../lab/plugins/rpc/provider.ts";
import { listen } from "../../../lab/plugins/rpc/serve.ts";
import { encodeProperties } from "../../../lab/plugins/rpc/wire.ts";

type Client = InstanceType<typeof grpc.ResourceProviderClient>;
type Callback<Response> = (error: ServiceError | null, response: Response) => void;

export interface PluginClient {
  /** @throws ServiceError, as the engine sees it */
  call<Response>(send: (client: Client, reply: Callback<Response>) => unknown): Promise<Response>;
  close(): void;
}

export async function serveForTest(provider: ResourceProvider, engineAddress?: string): Promise<PluginClient> {
  const running = await listen(provider, engineAddress);
  const client = new grpc.ResourceProviderClient(`127.0.0.1:${running.port}`, credentials.createInsecure());
  return {
    call: (send) =>
      new Promise((resolve, reject) => {
        send(client, (error, response) => (error ? reject(error) : resolve(response)));
      }),
    close: () => {
      client.close();
      running.stop("the test is over");
    },
  };
}

export function urnOf(type: string, name: string): string {
  return `urn:pulumi:test::project::${type}::${name}`;
}

export function createRequest(type: string, properties: PropertyMap, preview = false): messages.CreateRequest {
  return new messages.CreateRequest()
    .setUrn(urnOf(type, "it"))
    .setProperties(encodeProperties(properties))
    .setPreview(preview);
}
