import { quoted } from "../../kube/sentences.ts";
import type { Analyzer } from "../analyzer.ts";
import type { Cluster } from "../cluster.ts";
import { refOf, refText } from "../finding.ts";
import type { Dependency, Finding, ObjectRef } from "../finding.ts";
import { aboutOf, askedOf, detail, evidenceOf } from "../probed.ts";
import type { ProbeResult } from "../snapshot.ts";
import { ingressBackends, ingressHosts } from "./ingresses.ts";
import { podsOf, traefiksIn } from "./installation.ts";
import { routesOf } from "./route.ts";
import { hostsOf } from "./rule.ts";

/**
 * What Traefik answers for each host. 404 with Traefik's own words: no route fits. 503: no ready pod. 502 or 504: the pod does
 * not answer (traefik: wrr.go, proxy status handling).
 */
export const gatewayAnswers: Analyzer = {
  area: "traefik",
  title: "Hosts are answered through Traefik",
  needs: ["IngressRoute", "Ingress", "Service"],
  analyze(cluster) {
    const results = cluster.probes("gateway");
    const silent = results.filter((it) => detail(it, "error") !== "");
    return {
      checked: askedOf(cluster, "gateway", "websocket"),
      findings: [
        ...unreachable(cluster, silent),
        ...results.filter((it) => !silent.includes(it)).flatMap((it) => answered(cluster, it) ?? []),
        ...cluster.probes("websocket").flatMap((it) => upgraded(cluster, it) ?? []),
      ],
    };
  },
};

/** Whoever asks may be outside the cluster's network: a warning, told once. */
function unreachable(cluster: Cluster, silent: readonly ProbeResult[]): Finding[] {
  const [first] = silent;
  if (!first) return [];
  const address = detail(first, "address");
  const traefiks = traefiksIn(cluster);
  const service = cluster.all("Service").find(({ status }) => {
    const { ingress = [] } =
      (status as { loadBalancer?: { ingress?: { ip?: string }[] } } | undefined)?.loadBalancer ?? {};
    return ingress.some(({ ip }) => ip === address);
  });
  return [
    {
      code: "GatewayUnreachable",
      object: service ? refOf(service) : { kind: "Host", name: address },
      problem: `Traefik does not answer at ${address} from this machine: ${quoted(first.message)}.`,
      evidence: silent.slice(0, 3).map(evidenceOf),
      fix: [
        {
          text: "If browsers have the same way, open ports 80 and 443 of the nodes in the firewall. If they have another, give the diagnosis that machine.",
          command: `curl --verbose --insecure --connect-timeout 5 https://${address}/`,
          risk: "manual",
        },
      ],
      dependsOn: traefiks.flatMap(({ workload }) => [{ object: refOf(workload), because: "Traefik answers there" }]),
    },
  ];
}

function answered(cluster: Cluster, result: ProbeResult): Finding | undefined {
  const object = aboutOf(result);
  const status = Number(detail(result, "status"));
  const host = detail(result, "host");
  const dependsOn = wayOf(cluster, object, host);
  const straight = pastTraefik(cluster, dependsOn);
  const base = { object, evidence: [evidenceOf(result), ...straight.map(evidenceOf)], dependsOn };
  const route = routeOf(cluster, host);
  if (status === 404 && detail(result, "isTraefiks") === "true")
    return {
      ...base,
      code: "RouteNotFound",
      problem: `Traefik answers 404 for ${host}${andPast(straight)}: ${route ? `it has not taken up ${refText(route)}` : "no IngressRoute or Ingress has this host"}.`,
      fix: [
        route
          ? {
              text: "Traefik names the reason in its log.",
              command: `kubectl logs ${traefikLog(cluster)} --since=1h | grep -i ${route.name}`,
              risk: "manual",
            }
          : {
              text: "Compare the host with those of the routes.",
              command: `kubectl get ingressroutes,ingresses --all-namespaces --output wide | grep -i ${host}`,
              risk: "manual",
            },
      ],
    };
  if (status === 502 || status === 503 || status === 504)
    return {
      ...base,
      code: "RouteBackendUnavailable",
      problem:
        status === 503
          ? `Traefik answers 503 for ${host}: the route is there, and no pod behind it is ready.`
          : `Traefik answers ${status} for ${host}${andPast(straight)}: the route is there, and what it leads to does not answer, or speaks HTTPS where HTTP is asked.`,
      fix: [
        {
          text: "Follow the route to its Service and pods.",
          command: `kubectl get endpointslices --all-namespaces`,
          risk: "manual",
        },
      ],
    };
  if (detail(result, "redirectsToItself") === "true")
    return {
      ...base,
      code: "RedirectLoop",
      problem: `${host} sends browsers to itself without end: TLS ends in front of Traefik, which takes each request for plain HTTP.`,
      fix: [
        {
          text: "Have the proxy in front ask Traefik by HTTPS, or trust its X-Forwarded-Proto (entryPoints.web.forwardedHeaders.trustedIPs) and take the redirection off.",
          risk: "manual",
        },
      ],
    };
  if (object.kind === "VDISession" && detail(result, "asksGateway") === "true" && detail(result, "isNamed") === "false")
    return {
      ...base,
      code: "RouteAnsweredElsewhere",
      problem: `${host} is answered (HTTP ${status}) by something else than the gateway of ${refText(object)}.`,
      fix: [
        {
          text: "Look for an Ingress or IngressRoute with this host, or a wildcard, and a higher priority.",
          command: "kubectl get ingressroutes,ingresses --all-namespaces",
          risk: "manual",
        },
      ],
    };
  return undefined;
}

function andPast(straight: readonly ProbeResult[]): string {
  const [first] = straight;
  return first?.ok ? `, while ${refText(aboutOf(first))} answers past Traefik` : "";
}

/** The same asked of the pods themselves, for comparison: what answers there is not at fault. */
function pastTraefik(cluster: Cluster, way: readonly Dependency[]): ProbeResult[] {
  const pods = new Set(way.map((it) => refText(it.object)));
  return cluster.probes("port-forward").filter((it) => pods.has(refText(aboutOf(it))));
}

/** 101 is a stream, 401, 403 and a redirection the gateway before it; all of them let the upgrade through. */
function upgraded(cluster: Cluster, result: ProbeResult): Finding | undefined {
  const status = Number(detail(result, "status"));
  if (status !== 400 && status !== 426) return undefined;
  const object = aboutOf(result);
  return {
    code: "WebSocketRefused",
    object,
    problem: `${detail(result, "host")} answers ${status} to a WebSocket: something on the way takes the Upgrade header out, so that the page loads and shows no picture.`,
    evidence: [evidenceOf(result)],
    fix: [
      {
        text: "Traefik needs no setting for it: look at a proxy or load balancer in front, and at middlewares of the route.",
        risk: "manual",
      },
    ],
    dependsOn: wayOf(cluster, object, detail(result, "host")),
  };
}

function routeOf(cluster: Cluster, host: string): ObjectRef | undefined {
  const route = cluster
    .all("IngressRoute")
    .find((it) => routesOf(it).some(({ match }) => hostsOf(match).includes(host)));
  const found = route ?? cluster.all("Ingress").find((it) => ingressHosts(it).includes(host));
  return found && refOf(found);
}

/** All that stands between a browser and what answers for a host. */
function wayOf(cluster: Cluster, about: ObjectRef, host: string): Dependency[] {
  const route = routeOf(cluster, host) ?? routeOfSession(cluster, about);
  const object = route && cluster.find(route);
  const namespace = route?.namespace ?? "";
  const services = !object
    ? []
    : object.kind === "Ingress"
      ? ingressBackends(object).map(({ name }) => ({ kind: "Service", namespace, name }))
      : routesOf(object).flatMap(({ backends }) =>
          backends.map((it) => ({ kind: "Service", namespace: it.namespace ?? namespace, name: it.name })),
        );
  const pods = services.flatMap((ref) => {
    const { selector } = (cluster.find(ref)?.["spec"] ?? {}) as { selector?: Record<string, string> };
    return selector ? cluster.podsMatching(ref.namespace, selector).map((pod) => refOf({ ...pod, kind: "Pod" })) : [];
  });
  const gateway = cluster.all("Deployment").filter(({ metadata }) => metadata?.name === "kasm-gateway");
  return [
    ...(route ? [{ object: route, because: `it leads ${host} to its Service` }] : []),
    ...pods.map((it) => ({ object: it, because: `${host} is answered by it` })),
    ...services.map((it) => ({ object: it, because: `${host} leads to it` })),
    ...gateway.map((it) => ({ object: refOf(it), because: "Traefik asks it for each request" })),
    ...traefiksIn(cluster).flatMap((it) => [
      { object: refOf(it.workload), because: "Traefik serves the route" },
      ...podsOf(cluster, it).map((pod) => ({
        object: refOf({ ...pod, kind: "Pod" }),
        because: "Traefik serves the route",
      })),
    ]),
    {
      object: { kind: "CustomResourceDefinition", name: "ingressroutes.traefik.io" },
      because: "routes are objects of this kind",
    },
  ];
}

/** The operator gives all of a session's objects one name, which its status tells by the pod. */
function routeOfSession(cluster: Cluster, { kind, namespace, name }: ObjectRef): ObjectRef | undefined {
  const route = cluster
    .all("IngressRoute")
    .find(
      ({ metadata }) =>
        kind === "VDISession" &&
        metadata?.namespace === namespace &&
        metadata?.annotations?.["vdi.kasm.io/session-name"] === name,
    );
  return route && refOf(route);
}

function traefikLog(cluster: Cluster): string {
  const [first] = traefiksIn(cluster).map(({ workload }) => refOf(workload));
  return first
    ? `${first.kind.toLowerCase()}/${first.name} --namespace ${first.namespace ?? ""}`
    : "deployment/traefik --namespace kube-system";
}
