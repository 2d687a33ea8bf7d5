import type { CodeEntry } from "../catalog.ts";

const byHand = [
  "kubectl get ingressroutes --all-namespaces --output yaml",
  "kubectl logs deployment/traefik --namespace kube-system --since=1h | grep -i error",
];
const symptom = "Browsers get 404 page not found, and the object itself shows no fault.";

function route(it: Pick<CodeEntry, "title" | "cause" | "fix"> & Partial<CodeEntry>): CodeEntry {
  return { area: "traefik", level: "failure", symptom, byHand, ...it };
}

/** IngressRoutes and Ingresses. */
export const routes = {
  RouteIgnored: route({
    title: "Traefik does not take up the route",
    cause: "Traefik is told to take one class or some namespaces only, and the route is not among them.",
    fix: "Give the route the class, or have Traefik watch its namespace.",
  }),
  RouteRuleInvalid: route({
    title: "Rule of a route cannot be read, or never fits",
    cause:
      "It is written for another major version of Traefik, or is not closed: v3 takes plain Go expressions and one value each.",
    fix: "Write the rule as the version reads it: HostRegexp(`^[a-z0-9-]+\\.example\\.com$`) in v3, HostRegexp(`{name:[a-z0-9-]+}.example.com`) in v2.",
  }),
  RouteEntryPointMissing: route({
    title: "Route names an entry point that Traefik does not have",
    cause: "The name is not among the entryPoints of Traefik's arguments.",
    fix: "Use websecure, or add the entry point to Traefik.",
  }),
  RouteMiddlewareMissing: route({
    title: "Route names a Middleware that does not exist",
    cause: "It was deleted, is in another namespace, or the name is wrong.",
    fix: "Make it in the route's namespace, or take it out.",
  }),
  RouteCrossNamespace: route({
    title: "Route refers to another namespace",
    cause: "Traefik's allowCrossNamespace is false, as by default.",
    fix: "Put Middleware or Service into the route's namespace, and take `namespace` out of the route.",
  }),
  RouteServiceMissing: route({
    title: "Route leads to a Service that does not exist",
    cause: "It was deleted, or the name is wrong.",
    fix: "Name a Service that is there.",
  }),
  RoutePortMissing: route({
    title: "Route leads to a port that the Service does not have",
    cause: "The number or name is not among the ports of the Service; the port of the pod does not count.",
    fix: "Name a port of the Service.",
  }),
  RouteTlsSecretMissing: route({
    title: "Secret of a certificate does not exist",
    symptom: "Browsers warn of a certificate TRAEFIK DEFAULT CERT.",
    cause: "The Secret has to be in the namespace of the object that names it; cert-manager may not have made it yet.",
    fix: "Make the Secret there, or see why cert-manager does not.",
    byHand: ["kubectl get secrets,certificates --namespace NAMESPACE"],
  }),
  RouteHostConflict: route({
    level: "warning",
    title: "Two routes have the same host",
    symptom: "A host shows something else than expected, or changes between two.",
    cause:
      "Of two rules that fit, the one with the higher priority wins: the longer rule by default, so that a pattern wins over a name.",
    fix: "Take one away, or set a priority on every route beside a pattern.",
  }),
  RouteNotFound: route({
    title: "Traefik has no route for the host",
    cause: "No rule fits: the route is for another host, has a fault, is of another class, or is not there.",
    fix: "Look at what it follows from. A new route is taken up after some seconds.",
    mayPass: true,
  }),
  RouteBackendUnavailable: route({
    title: "Route leads to nothing that answers",
    symptom: "Browsers get 502 Bad Gateway, 503 no available server, or 504.",
    cause: "503: no ready pod behind the Service. 502: the pod refuses, or HTTP and HTTPS are mixed up.",
    fix: "Look at the pods; set the scheme of the route's service.",
    byHand: [
      "kubectl get endpointslices --namespace NAMESPACE",
      "kubectl port-forward --namespace NAMESPACE POD 8080:8080",
    ],
    mayPass: true,
  }),
  RouteAnsweredElsewhere: route({
    title: "Session's host is answered by something else",
    symptom: "The address of a session shows another page.",
    cause: "Another route fits the host and has a higher priority.",
    fix: "Give that route a priority below the session's, or take it away. The session's own route is the operator's.",
  }),
  IngressClassMissing: route({
    title: "Ingress has no class that exists",
    cause: "ingressClassName names none that is there, or is left out while no class is the default.",
    fix: "Set ingressClassName to traefik.",
    byHand: ["kubectl get ingress,ingressclasses --all-namespaces"],
  }),
} satisfies Record<string, CodeEntry>;
