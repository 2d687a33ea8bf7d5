import * as pulumi from "@pulumi/pulumi";
import { errorPage } from "./error-page.ts";
import { gatewayName } from "./rbac.ts";
import { gatewayPorts } from "./services.ts";

/** Names of the Middlewares that every session's route goes through, after the one that asks whom to let in. */
export const sessionMiddlewares = ["session-headers", "session-errors", "session-retry"] as const;

/** Name of the ServersTransport for images that serve TLS with a certificate of their own making. */
export const sessionTransport = "session-self-signed";

/** Name of the Middleware that asks the gateway, for each request, whom to let in. */
export const accessMiddleware = "session-access";

export interface AccessSettings {
  /** Header in which a middleware of the site tells who has signed in. Default: nobody is believed. */
  readonly userHeader?: string;
  /** Middlewares in the namespace of sessions that requests pass before the gateway is asked. Default: none. */
  readonly middlewares?: readonly string[];
}

export interface SessionRoutingArgs {
  /** Of sessions. */
  readonly namespace: string;
  readonly operatorNamespace: string;
  readonly access?: AccessSettings;
  /** The most that Traefik reads of an answer of the gateway; left out where Traefik does not know such a bound. */
  readonly mostAnswerBytes?: pulumi.Input<number | undefined>;
  /** Whether Traefik shows error pages with a status of their own. Default: no. */
  readonly rewritesErrors?: pulumi.Input<boolean>;
  /** End of the path at which the gateway believes the user header, which only this Middleware knows. */
  readonly headerPath?: pulumi.Output<string> | undefined;
}

/** Headers of a request by which the gateway decides; Traefik adds host and address. The rest is between browser and desktop. */
const decisiveHeaders = [
  "Authorization",
  "Cookie",
  "Origin",
  "Accept",
  "Sec-Fetch-Dest",
  "Sec-Fetch-Mode",
  "Sec-Fetch-Site",
  "Sec-Fetch-User",
  "Sec-WebSocket-Key",
  "Sec-WebSocket-Version",
];

/**
 * What routes of sessions share, as Traefik objects by the end of their resource's name. They are in the namespace of
 * sessions: Traefik refuses references across namespaces by default.
 */
export function sessionRouting(args: SessionRoutingArgs) {
  const { namespace, operatorNamespace, access = {}, mostAnswerBytes, rewritesErrors = false, headerPath } = args;
  const apiVersion = "traefik.io/v1alpha1";
  const { userHeader } = access;
  const address = `http://${gatewayName}.${operatorNamespace}.svc:${gatewayPorts.access}/auth`;
  return {
    "session-access": {
      apiVersion,
      kind: "Middleware",
      metadata: { name: accessMiddleware, namespace },
      spec: {
        forwardAuth: {
          address: headerPath === undefined ? address : pulumi.interpolate`${address}/${headerPath}`,
          // Browsers could name another host, or a path of their liking.
          trustForwardHeader: false,
          ...(mostAnswerBytes !== undefined && { maxResponseBodySize: mostAnswerBytes }),
          authRequestHeaders: [...decisiveHeaders, ...(userHeader === undefined ? [] : [userHeader])],
          // The desktop's own password, which its user never sees; of the cookies those that let nobody in; the session's name.
          authResponseHeaders: ["Authorization", "Cookie", "X-Vdi-Session"],
        },
      },
    },
    "session-headers": {
      apiVersion,
      kind: "Middleware",
      metadata: { name: sessionMiddlewares[0], namespace },
      spec: {
        headers: {
          stsSeconds: 31_536_000,
          contentTypeNosniff: true,
          // A desktop in somebody else's frame invites clicks that its user does not mean.
          customFrameOptionsValue: "SAMEORIGIN",
          referrerPolicy: "no-referrer",
          customResponseHeaders: { "X-Robots-Tag": "noindex", Server: "", "X-Powered-By": "" },
        },
      },
    },
    // Traefik's own errors: no desktop listens, or none that Traefik has heard of yet.
    "session-errors": {
      apiVersion,
      kind: "Middleware",
      metadata: { name: sessionMiddlewares[1], namespace },
      spec: errorPage(rewritesErrors),
    },
    // A container that is started anew refuses connections for a moment. What a page loads then would be missing from it, so
    // Traefik tries again for 4 s. The gateway is not asked anew.
    "session-retry": {
      apiVersion,
      kind: "Middleware",
      metadata: { name: sessionMiddlewares[2], namespace },
      spec: { retry: { attempts: 6, initialInterval: "600ms" } },
    },
    "session-transport": {
      apiVersion,
      kind: "ServersTransport",
      metadata: { name: sessionTransport, namespace },
      // kasmvnc makes its certificate at start, so there is nothing to verify it by; the way is inside the cluster.
      spec: { insecureSkipVerify: true },
    },
  };
}
