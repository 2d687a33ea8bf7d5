import type * as pulumi from "@pulumi/pulumi";
import { reservedMiddleware } from "../vdi-operator/admission-middlewares.ts";
import type { Admission } from "../vdi-operator/admission.ts";

/** Secret with what the portal knows its own route by, under the key `secret`. */
export const proxySecretName = "portal-proxy";

/** Middleware that adds it to what comes by that route. */
export const proxyMiddleware = "portal-proxy";

export const proxyPolicyName = "portal-proxy.vdi.kasm.io";

/** Header that it is in; the portal knows it by this name (portal/sign-in/own-route.ts). */
const proxyHeader = "X-Vdi-Proxy";

/** Arguments of the Middleware. Traefik takes headers that it adds from nowhere else. */
export function proxyMiddlewareArgs(namespace: string, secret: pulumi.Input<string>) {
  return {
    apiVersion: "traefik.io/v1alpha1",
    kind: "Middleware",
    metadata: { name: proxyMiddleware, namespace },
    spec: { headers: { customRequestHeaders: { [proxyHeader]: secret } } },
  };
}

/** Nobody outside the portal's namespace sends requests through the Middleware. */
export function proxyPolicy(operatorNamespace: string): Admission {
  return reservedMiddleware({
    ...{ policyName: proxyPolicyName, namespace: operatorNamespace, middleware: proxyMiddleware },
    purpose: "the route of the portal",
    except: { name: "elsewhere", expression: `request.namespace != '${operatorNamespace}'` },
  });
}
