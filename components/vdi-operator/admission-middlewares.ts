import { admissionRequests } from "./admission-requests.ts";
import type { Admission } from "./admission.ts";

export interface ReservedMiddleware {
  readonly policyName: string;
  readonly namespace: string;
  readonly middleware: string;
  /** What it is for, as the end of a sentence. */
  readonly purpose: string;
  /** By which those are left out who may use it. */
  readonly except: { readonly name: string; readonly expression: string };
}

/**
 * Nobody else sends requests through a Middleware that vouches for them: with headers of theirs before it they would be anybody,
 * and a server of theirs would be told what it adds. Traefik lets an Ingress name any Middleware of the cluster, whatever
 * `allowCrossNamespace` says.
 */
export function reservedMiddleware(reserved: ReservedMiddleware): Admission {
  const { policyName: name, namespace, middleware, purpose, except } = reserved;
  // Traefik's own name, which it makes of namespace and name: `a` and `b-c` are `a-b` and `c` to it.
  const global = `${namespace}-${middleware}`;
  const isAnother =
    `!it.name.contains('${global}@') && ` +
    `(has(it.namespace) && it.namespace != '' ? it.namespace : request.namespace) + '-' + it.name != '${global}'`;
  const annotations = "object.metadata.annotations";
  const expressions = [
    `!has(${annotations}) || ${annotations}.all(key, !${annotations}[key].contains('${global}@'))`,
    `!has(object.spec.routes) || object.spec.routes.all(route, !has(route.middlewares) || route.middlewares.all(it, ${isAnother}))`,
    `!has(object.spec.chain) || !has(object.spec.chain.middlewares) || object.spec.chain.middlewares.all(it, ${isAnother})`,
  ];
  const message = `the Middleware ${middleware} is for ${purpose} alone: leave it out`;
  return {
    policy: {
      metadata: { name },
      spec: {
        failurePolicy: "Fail",
        matchConstraints: admissionRequests(
          ["networking.k8s.io", "traefik.io", "traefik.containo.us"],
          ["ingresses", "ingressroutes", "middlewares"],
          ...["CREATE", "UPDATE"],
        ),
        matchConditions: [
          except,
          // Garbage collection and who labels things change routes that may use it, too.
          {
            name: "changes-what-decides",
            expression:
              "request.operation != 'UPDATE' || object.?spec != oldObject.?spec || " +
              "object.metadata.?annotations != oldObject.metadata.?annotations",
          },
        ],
        validations: expressions.map((expression) => ({ expression, message, reason: "Forbidden" })),
      },
    },
    binding: { metadata: { name }, spec: { policyName: name, validationActions: ["Deny"] } },
  };
}
