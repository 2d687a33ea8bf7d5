import { admissionRequests } from "./admission-requests.ts";
import type { Admission } from "./admission.ts";
import { accountUser, operatorName } from "./rbac.ts";

/** Priority of a session's route (operator/resources/route.ts): whatever is below it takes no request from a session. */
export const sessionRoutePriority = 10_000;

const isBelow = `< ${sessionRoutePriority}`;
const message = (what: string) =>
  `${what} would take requests from desktops, whose routes have priority ${sessionRoutePriority}: give it a lower one`;

/**
 * Hosts of desktops cannot be taken over from other namespaces. Traefik asks no namespace whose a host is: the route with
 * the highest priority wins, which without one of its own is the length of its rule, and TCP routes come before all
 * others.
 */
export function hostPolicies(operatorNamespace: string, domain: string): Record<string, Admission> {
  return {
    "host-routes": hostPolicy(operatorNamespace, {
      ...{ name: "route-priority.vdi.kasm.io", apiGroups: traefikGroups, resource: "ingressroutes" },
      expression:
        "!has(object.spec.routes) || object.spec.routes.all(route, " +
        `has(route.priority) && route.priority != 0 ? route.priority ${isBelow} : size(route.match) ${isBelow})`,
      message: message("this IngressRoute"),
    }),
    "host-ingresses": hostPolicy(operatorNamespace, {
      ...{ name: "ingress-priority.vdi.kasm.io", apiGroups: ["networking.k8s.io"], resource: "ingresses" },
      expression:
        `!has(object.metadata.annotations) || !('${priorityAnnotation}' in object.metadata.annotations) || ` +
        `object.metadata.annotations['${priorityAnnotation}'].matches('^-?[0-9]{1,4}$')`,
      decidesByAnnotation: true,
      message: message("this Ingress"),
    }),
    "host-tcp-routes": hostPolicy(operatorNamespace, {
      ...{ name: "tcp-hosts.vdi.kasm.io", apiGroups: traefikGroups, resource: "ingressroutetcps" },
      expression:
        "(has(object.spec.entryPoints) && size(object.spec.entryPoints) > 0 && " +
        "!object.spec.entryPoints.exists(entry, entry in ['web', 'websecure'])) || " +
        "!has(object.spec.routes) || object.spec.routes.all(route, " +
        `!route.match.contains('*') && !route.match.contains('HostSNIRegexp') && ` +
        `!route.match.lowerAscii().contains('.${domain}'))`,
      message: `this IngressRouteTCP would take the hosts below ${domain} from desktops: name other hosts, or an entry point of its own`,
    }),
  };
}

// Traefik 2 reads both.
const traefikGroups = ["traefik.io", "traefik.containo.us"];
const priorityAnnotation = "traefik.ingress.kubernetes.io/router.priority";

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
          {
            name: "not-the-operator",
            expression: `request.userInfo.username != '${accountUser(operatorName, operatorNamespace)}'`,
          },
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
