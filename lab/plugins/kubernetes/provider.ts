import type {
  Call,
  CheckRequest,
  CheckResponse,
  ConfigureRequest,
  ReadRequest,
  ReadResponse,
  ResourceProvider,
} from "../rpc/provider.ts";
import { check } from "./check.ts";
import { Cluster, unreachableMessage } from "./cluster.ts";
import { create } from "./create.ts";
import { remove } from "./delete.ts";
import { diff } from "./diff.ts";
import { checkRelease, createRelease, deleteRelease, diffRelease, readRelease, updateRelease } from "./helm/release.ts";
import type { HelmSettings } from "./helm/settings.ts";
import { PendingCreates, pendingCreatesFolder } from "./pending-creates.ts";
import { checkConfig, diffConfig } from "./provider-options.ts";
import { read, readUnreachable } from "./read.ts";
import type { Session } from "./session.ts";
import { guarded } from "./session.ts";
import { readSettings } from "./settings.ts";
import { isHelmRelease } from "./token.ts";
import { update } from "./update.ts";

/** The stand-in for pulumi-resource-kubernetes: objects of every kind over the real API server, charts by the helm binary. */
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
    check: (request, call) => guarded(call, [request.news], (quiet) => checkAny(configured(), request, quiet)),
    diff: (request, call) =>
      guarded(call, [request.news, request.olds], async (quiet) =>
        isHelmRelease(request.type) ? diffRelease(request) : diff(configured(), request, quiet),
      ),
    create: (request, call) =>
      guarded(call, [request.properties], (quiet) =>
        isHelmRelease(request.type)
          ? createRelease(helmSettings(configured()), request, quiet)
          : create(configured(), request, quiet),
      ),
    read: (request, call) => guarded(call, [request.properties], (quiet) => readAny(configured(), request, quiet)),
    update: (request, call) =>
      guarded(call, [request.news, request.olds], (quiet) =>
        isHelmRelease(request.type)
          ? updateRelease(helmSettings(configured()), request, quiet)
          : update(configured(), request, quiet),
      ),
    delete: (request, call) =>
      guarded(call, [request.properties], (quiet) =>
        isHelmRelease(request.type)
          ? deleteRelease(helmSettings(configured()), request, quiet)
          : remove(configured(), request, quiet),
      ),
  };
}

async function checkAny(session: Session, request: CheckRequest, call: Call): Promise<CheckResponse> {
  if (session.cluster.unreachable !== undefined && session.settings.skipUpdateUnreachable) {
    call.log.warning("the cluster is unreachable and skipUpdateUnreachable is set: the resource is left as it is");
    return { inputs: request.olds };
  }
  return isHelmRelease(request.type)
    ? checkRelease(helmSettings(session), request, call)
    : check(session, request, call);
}

async function readAny(session: Session, request: ReadRequest, call: Call): Promise<ReadResponse> {
  if (session.cluster.unreachable !== undefined) return readUnreachable(session, request, call);
  return isHelmRelease(request.type) ? readRelease(helmSettings(session), request) : read(session, request, call);
}

function helmSettings({ cluster }: Session): HelmSettings {
  const { client, defaultNamespace: namespace, unreachable } = cluster;
  return { client, namespace, ...(unreachable !== undefined && { unreachable }) };
}

async function configure({ args }: ConfigureRequest, call: Call): Promise<Session> {
  const settings = readSettings(args);
  const cluster = await Cluster.connect(settings, call);
  if (cluster.unreachable !== undefined) {
    call.log.warning(`${unreachableMessage(cluster)}. Previews show the program's inputs only; updates will fail`);
  }
  return { settings, cluster, pending: new PendingCreates(pendingCreatesFolder()) };
}
