import type { VDISession, VDITemplate } from "../api/objects.ts";
import type { AnyObject } from "../../kube/object.ts";
import type { Settings } from "../settings.ts";
import { sessionMetadata } from "./metadata.ts";
import { desktopName, hostOf } from "./names.ts";
import { runtimeProfile } from "./runtime-profiles.ts";
import { servicePort } from "./service.ts";

export const routeApiVersion = "traefik.io/v1alpha1";

/**
 * Above any route of others: the default is the rule's length, by which a long HostRegexp would win. Admission keeps others
 * below it (components/vdi-operator/admission-hosts.ts).
 */
export const routePriority = 10_000;

export type RouteSettings = Pick<
  Settings,
  "domain" | "sessionMiddlewares" | "sessionTransport" | "accessMiddleware" | "extraMiddlewares"
>;

/**
 * The IngressRoute of a session: its whole host, since clients of the streaming servers open paths that no list names.
 * TLS by the default store's certificate, which is that of the domain.
 */
export function desktopRoute(session: VDISession, template: VDITemplate, settings: RouteSettings): AnyObject {
  const { scheme } = runtimeProfile(template.spec);
  const asksOperator = template.spec.access === "ForwardAuth";
  return {
    apiVersion: routeApiVersion,
    kind: "IngressRoute",
    metadata: sessionMetadata(session),
    spec: {
      entryPoints: ["websecure"],
      routes: [
        {
          kind: "Rule",
          match: `Host(\`${hostOf(session, settings.domain)}\`)`,
          priority: routePriority,
          middlewares: [
            ...(asksOperator ? [...settings.extraMiddlewares, settings.accessMiddleware] : []),
            ...settings.sessionMiddlewares,
          ].map((name) => ({ name })),
          services: [
            {
              kind: "Service",
              name: desktopName(session),
              port: servicePort,
              ...(scheme === "https" && { scheme, serversTransport: settings.sessionTransport }),
            },
          ],
        },
      ],
      tls: {},
    },
  };
}
