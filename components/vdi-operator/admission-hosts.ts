import { admissionRequests } from "./admission-requests.ts";
import type { Admission } from "./admission.ts";
import { notTheOperator } from "./admission-who.ts";

/** Priority of the routes of sessions (operator/resources/route.ts) and portal: whatever is below takes no request of theirs. */
export const sessionRoutePriority = 10_000;

const isBelow = `< ${sessionRoutePriority}`;
/** CEL counts letters, Traefik bytes, of which a letter of UTF-8 has four at the most. */
const mostLetters = sessionRoutePriority / 4;
/** Traefik writes a path into the rule twice at the most, and a letter in up to ten bytes; host and matchers come on top. */
const mostPathLetters = 400;
const message = (what: string) =>
  `${what} would take requests from desktops, whose routes have priority ${sessionRoutePriority}: ` +
  `give it a lower one (left out, it is the length of the rule)`;

/**
 * Hosts of desktops, and the portal's, cannot be taken over from other namespaces. Traefik asks no namespace whose a host is:
 * the route with the highest priority wins, which without one of its own is the length of its rule, and TCP routes come
 * before those that fit any host. Whoever may write into the operator's own namespace has what the gateway has.
 */
export function hostPolicies(operatorNamespace: string, domain: string): Record<string, Admission> {
  return {
    "host-routes": hostPolicy(operatorNamespace, {
      ...{ name: "route-priority.vdi.kasm.io", apiGroups: traefikGroups, resource: "ingressroutes" },
      expression:
        "!has(object.spec.routes) || object.spec.routes.all(route, " +
        `has(route.priority) && route.priority != 0 ? route.priority ${isBelow} : size(route.match) < ${mostLetters})`,
      message: message("this IngressRoute"),
    }),
    "host-ingresses": hostPolicy(operatorNamespace, {
      ...{ name: "ingress-priority.vdi.kasm.io", apiGroups: ["networking.k8s.io"], resource: "ingresses" },
      expression:
        `${annotations}.all(key, key.lowerAscii() == '${priorityAnnotation}' ? ` +
        `${annotations}[key].matches('^-?[0-9]{1,4}$') : ` +
        `key.lowerAscii() != '${matcherAnnotation}' || ${annotations}[key].matches('^[A-Za-z]{1,32}$')) && ` +
        "(!has(object.spec.rules) || object.spec.rules.all(rule, !has(rule.http) || rule.http.paths.all(it, " +
        `!has(it.path) || size(it.path) <= ${mostPathLetters})))`,
      decidesByAnnotation: true,
      message: message("this Ingress"),
    }),
    "host-tcp-routes": hostPolicy(operatorNamespace, {
      ...{ name: "tcp-hosts.vdi.kasm.io", apiGroups: traefikGroups, resource: "ingressroutetcps" },
      expression:
        "(has(object.spec.entryPoints) && size(object.spec.entryPoints) > 0 && " +
        "!object.spec.entryPoints.exists(entry, entry in ['web', 'websecure'])) || " +
        "!has(object.spec.routes) || object.spec.routes.all(route, " +
        `route.match.matches('${plainHosts}') && !route.match.contains('${domain}'))`,
      message:
        `this IngressRouteTCP would take the hosts below ${domain} from desktops, or may: ` +
        "name other hosts, each as HostSNI(`name`) with || between them, or an entry point of its own",
    }),
  };
}

// Traefik 2 reads both.
const traefikGroups = ["traefik.io", "traefik.containo.us"];
// Traefik reads annotations whatever their case. The matcher stands in the rule as it is.
const priorityAnnotation = "traefik.ingress.kubernetes.io/router.priority";
const matcherAnnotation = "traefik.ingress.kubernetes.io/router.pathmatcher";
const annotations = "object.metadata.?annotations.orValue({})";
// There are many ways to say all hosts: none but names in the plainest form are allowed.
const host = "HostSNI[(]`[a-z0-9.-]+`[)]";
const plainHosts = `^${host}( *[|][|] *${host})*$`;

interface HostRule {
  readonly name: string;
  readonly apiGroups: string[];
  readonly resource: string;
  readonly expression: string;
  readonly decidesByAnnotation?: boolean;
  readonly message: string;
}

function hostPolicy(operatorNamespace: string, rule: HostRule): Admission {
  const { name, apiGroups, resource, expression, message, decidesByAnnotation = false } = rule;
  return {
    policy: {
      metadata: { name },
      spec: {
        failurePolicy: "Fail",
        matchConstraints: admissionRequests(apiGroups, resource, "CREATE", "UPDATE"),
        matchConditions: [
          notTheOperator(operatorNamespace),
          // The portal's own route is there.
          { name: "elsewhere", expression: `request.namespace != '${operatorNamespace}'` },
          {
            // Garbage collection and who labels things change the operator's routes, too.
            name: "changes-what-decides",
            expression:
              "request.operation != 'UPDATE' || object.?spec != oldObject.?spec" +
              (decidesByAnnotation ? " || object.metadata.?annotations != oldObject.metadata.?annotations" : ""),
          },
        ],
        validations: [{ expression, message, reason: "Forbidden" }],
      },
    },
    binding: { metadata: { name }, spec: { policyName: name, validationActions: ["Deny"] } },
  };
}
