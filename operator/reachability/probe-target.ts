import { activitySource, silence } from "../activity/source.ts";
import { isReady } from "../../analyzers/readiness.ts";
import { sessionId, hostOf } from "../resources/names.ts";
import { runtimeProfile } from "../resources/runtime-profiles.ts";
import type { SessionView } from "../view/session-view.ts";
import type { Settings } from "../settings.ts";
import type { ProbeTarget } from "./probed-session.ts";

/**
 * What of a session is looked at now; undefined while there is nothing to look at.
 *
 * @param decideAtMs when its idle time has to be decided, milliseconds since 1970
 */
export function probeTarget(
  { session, template, pod, route }: SessionView,
  settings: Pick<Settings, "domain" | "traefikUrl">,
  decideAtMs: number | undefined,
): ProbeTarget | undefined {
  const { podIP, hostIP } = pod?.status ?? {};
  if (!template || !isReady(pod) || podIP === undefined || pod?.metadata.deletionTimestamp !== undefined)
    return undefined;
  const { port, scheme, healthPath = "/", picturePath } = runtimeProfile(template.spec);
  const ready = session.status?.conditions?.find(({ type }) => type === "Ready");
  return {
    uid: pod?.metadata.uid ?? "",
    stream: {
      ip: podIP,
      ...(hostIP !== undefined && { nodeIp: hostIP }),
      port,
      scheme,
      path: healthPath,
      ...(picturePath !== undefined && { picturePath }),
    },
    ...(route && settings.traefikUrl !== undefined && { route: routeTarget(session, template, settings) }),
    ...(session.spec.idle && { activity: activitySource(template) ?? silence(template) }),
    ...(decideAtMs !== undefined && { decideAtMs }),
    answeredBefore: ready?.status === "True",
  };
}

function routeTarget(
  session: SessionView["session"],
  template: NonNullable<SessionView["template"]>,
  { domain, traefikUrl = "" }: Pick<Settings, "domain" | "traefikUrl">,
) {
  const asksOperator = template.spec.access === "ForwardAuth";
  return { host: hostOf(session, domain), traefikUrl, ...(asksOperator && { sessionId: sessionId(session) }) };
}
