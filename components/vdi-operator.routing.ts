/** Name of the Middleware that every session's route goes through. */
export const sessionMiddleware = "session-headers";

/** Name of the ServersTransport for images that serve TLS with a certificate of their own making. */
export const sessionTransport = "session-self-signed";

/**
 * What routes of sessions share, as Traefik objects by the end of their resource's name. They are in the namespace of
 * sessions: Traefik refuses references across namespaces by default.
 */
export function sessionRouting(namespace: string) {
  const apiVersion = "traefik.io/v1alpha1";
  return {
    "session-headers": {
      apiVersion,
      kind: "Middleware",
      metadata: { name: sessionMiddleware, namespace },
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
    "session-transport": {
      apiVersion,
      kind: "ServersTransport",
      metadata: { name: sessionTransport, namespace },
      // kasmvnc makes its certificate at start, so there is nothing to verify it by; the way is inside the cluster.
      spec: { insecureSkipVerify: true },
    },
  };
}
