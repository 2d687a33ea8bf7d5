import type * as pulumi from "@pulumi/pulumi";
import { admissionRequests } from "../vdi-operator/admission-requests.ts";
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

/**
 * Nobody outside the portal's namespace sends requests through the Middleware: to a server of their own it would tell the secret, and
 * with headers of theirs before it they would be anybody. Traefik lets an Ingress name any Middleware of the cluster, whatever
 * `allowCrossNamespace` says.
 */
export function proxyPolicy(operatorNamespace: string): Admission {
  // Traefik's own name, which it makes of namespace and name: `a` and `b-c` are `a-b` and `c` to it.
  const global = `${operatorNamespace}-${proxyMiddleware}`;
  const isAnother =
    `!it.name.contains('${global}@') && ` +
    `(has(it.namespace) && it.namespace != '' ? it.namespace : request.namespace) + '-' + it.name != '${global}'`;
  const annotations = "object.metadata.annotations";
  const message = `the Middleware ${proxyMiddleware} is for the route of the portal alone: leave it out`;
  const expressions = [
    `!has(${annotations}) || ${annotations}.all(key, !${annotations}[key].contains('${global}@'))`,
    `!has(object.spec.routes) || object.spec.routes.all(route, !has(route.middlewares) || route.middlewares.all(it, ${isAnother}))`,
    `!has(object.spec.chain) || !has(object.spec.chain.middlewares) || object.spec.chain.middlewares.all(it, ${isAnother})`,
  ];
  return {
    policy: {
      metadata: { name: proxyPolicyName },
      spec: {
        failurePolicy: "Fail",
        matchConstraints: admissionRequests(
          ["networking.k8s.io", "traefik.io", "traefik.containo.us"],
          ["ingresses", "ingressroutes", "middlewares"],
          ...["CREATE", "UPDATE"],
        ),
        matchConditions: [{ name: "elsewhere", expression: `request.namespace != '${operatorNamespace}'` }],
        validations: expressions.map((expression) => ({ expression, message, reason: "Forbidden" })),
      },
    },
    binding: {
      metadata: { name: proxyPolicyName },
      spec: { policyName: proxyPolicyName, validationActions: ["Deny"] },
    },
  };
}
