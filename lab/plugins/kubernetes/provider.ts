import { join } from "node:path";

import type { Call, ConfigureRequest, ResourceProvider } from "../rpc/provider.ts";
import { check } from "./check.ts";
import { Cluster, unreachableMessage } from "./cluster.ts";
import { create } from "./create.ts";
import { remove } from "./delete.ts";
import { diff } from "./diff.ts";
import { pulumiHome } from "./kubeconfig.ts";
import { PendingCreates } from "./pending-creates.ts";
import { checkConfig, diffConfig } from "./provider-options.ts";
import { read } from "./read.ts";
import type { Session } from "./session.ts";
import { discreet, withoutSecrets } from "./session.ts";
import { readSettings } from "./settings.ts";
import { update } from "./update.ts";

/** The stand-in for pulumi-resource-kubernetes: objects of every kind, over the real API server. */
export function kubernetesProvider(): ResourceProvider {
  let session: Session | undefined;
  const configured = (): Session => {
    if (session === undefined) throw new Error("the kubernetes provider was used before it was configured");
    return session;
  };

  return {
    name: "kubernetes",
    version: "4.32.0",
    checkConfig,
    diffConfig,
    configure: async (request, call) => {
      session = await configure(request, call);
    },
    check: (request, call) =>
      withoutSecrets([request.news], () => check(configured(), request, discreet(call, request.news))),
    diff: (request, call) =>
      withoutSecrets([request.news, request.olds], () =>
        diff(configured(), request, discreet(call, request.news, request.olds)),
      ),
    create: (request, call) =>
      withoutSecrets([request.properties], () => create(configured(), request, discreet(call, request.properties))),
    read: (request, call) =>
      withoutSecrets([request.properties], () => read(configured(), request, discreet(call, request.properties))),
    update: (request, call) =>
      withoutSecrets([request.news, request.olds], () =>
        update(configured(), request, discreet(call, request.news, request.olds)),
      ),
    delete: (request, call) =>
      withoutSecrets([request.properties], () => remove(configured(), request, discreet(call, request.properties))),
  };
}

async function configure({ args }: ConfigureRequest, call: Call): Promise<Session> {
  const settings = readSettings(args);
  const cluster = await Cluster.connect(settings, call);
  if (cluster.unreachable !== undefined) {
    call.log.warning(`${unreachableMessage(cluster)}. Previews show the program's inputs only; updates will fail`);
  }
  return { settings, cluster, pending: new PendingCreates(join(pulumiHome(), "kubernetes-pending-creates")) };
}
