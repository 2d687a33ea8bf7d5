import type { ClusterClient } from "../kube/client.ts";
import type { AnyObject } from "../kube/object.ts";
import type { VDISession, VDITemplate } from "../operator/api/objects.ts";
import { credentialsSecret, newPassword } from "../operator/resources/credentials.ts";
import { homeClaim } from "../operator/resources/home.ts";
import { sessionAnnotations, sessionLabels } from "../operator/resources/labels.ts";
import { controllerReference } from "../operator/resources/metadata.ts";
import { desktopName, homeName, podName } from "../operator/resources/names.ts";
import { desktopNetworkPolicy } from "../operator/resources/network-policy.ts";
import { desktopPod, desktopResources } from "../operator/resources/pod.ts";
import { desktopRoute } from "../operator/resources/route.ts";
import { runtimeProfile } from "../operator/resources/runtime-profiles.ts";
import { desktopService } from "../operator/resources/service.ts";

/** All that belongs to a session, as the operator makes it: what the pod needs, the way to it, the pod. */
export interface Desktop {
  readonly before: readonly AnyObject[];
  readonly pod: AnyObject;
}

const settings = {
  domain: "desktops.example.com",
  sessionMiddlewares: ["session-headers", "session-errors", "session-retry"],
  sessionTransport: "session-self-signed",
  accessMiddleware: "session-access",
  extraMiddlewares: [],
  traefikNamespace: "kube-system",
  pullSecret: undefined,
  turn: undefined,
};

export function desktop(session: VDISession, template: VDITemplate): Desktop {
  const name = desktopName(session);
  const { namespace = "" } = session.metadata;
  const owner = controllerReference("VDISession", session);
  const labels = sessionLabels(session);
  const { enabled } = session.spec.persistence;
  const credentials = { user: runtimeProfile(template.spec).streamUser, password: newPassword() };
  const withOwn = { ...settings, ownNamespace: namespace };
  return {
    before: [
      credentialsSecret({ name, namespace, labels, owner }, credentials),
      ...(enabled ? [homeClaim(session)] : []),
      desktopService(session),
      plainRoute(session, template),
      desktopNetworkPolicy(session, template, withOwn),
    ],
    pod: desktopPod({
      ...{ name: podName(session), secretName: name, namespace, owner, labels, template, settings },
      annotations: sessionAnnotations(session),
      resources: desktopResources(template, session.spec.resources),
      homeClaim: enabled ? homeName(session.spec.user) : undefined,
      turnExpires: undefined,
    }),
  };
}

/** Admission lets nobody but the operator make a route of a desktop's priority. */
function plainRoute(session: VDISession, template: VDITemplate): AnyObject {
  const route = desktopRoute(session, template, settings);
  const { routes, ...spec } = route["spec"] as { routes: object[] };
  return { ...route, spec: { ...spec, routes: routes.map((it) => ({ ...it, priority: 1 })) } };
}

/** What somebody's script would do: no session, no owner, no status; the floor of what a start can take. */
export async function startByHand(client: ClusterClient, { before, pod }: Desktop): Promise<void> {
  await Promise.all(before.map((object) => client.create(ownerless(object))));
  await client.create(ownerless(pod));
}

// Of an owner that does not exist, garbage collection would take them at once.
function ownerless(object: AnyObject): AnyObject {
  const metadata = { ...object.metadata };
  delete metadata.ownerReferences;
  return { ...object, metadata };
}
