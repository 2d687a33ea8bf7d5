import type { AnyObject } from "../../kube/object.ts";
import { counted, listed, quoted } from "../../kube/sentences.ts";
import type { Analyzer } from "../analyzer.ts";
import type { dataPlane } from "../catalog/data-plane.ts";
import type { Cluster } from "../cluster.ts";
import { refOf, refText } from "../finding.ts";
import type { Dependency, Finding, Fix, ObjectRef } from "../finding.ts";
import { takesClass, traefiksIn } from "./installation.ts";
import type { Traefik } from "./installation.ts";
import { portProblem } from "./ports.ts";
import { routesOf } from "./route.ts";
import type { Backend, Route } from "./route.ts";
import { ruleProblem } from "./rule.ts";

/** IngressRoutes can be taken up: Traefik drops one with a fault without a word on the object, and answers 404. */
export const ingressRoutes: Analyzer = {
  area: "traefik",
  title: "IngressRoutes can be taken up",
  needs: ["IngressRoute"],
  analyze(cluster) {
    const all = cluster.all("IngressRoute");
    // Of several the one that most can be said of; without any another finding tells.
    const traefiks = traefiksIn(cluster).filter(({ readsRoutes }) => readsRoutes);
    return {
      checked: all.length > 0 ? counted(all.length, "IngressRoute") : undefined,
      findings: all.flatMap((object) => findingsAt(cluster, traefiks, object)),
    };
  },
};

type RouteCode = keyof typeof dataPlane;

function findingsAt(cluster: Cluster, traefiks: readonly Traefik[], object: AnyObject): Finding[] {
  const annotation = object.metadata?.annotations?.["kubernetes.io/ingress.class"] ?? "";
  const takers = traefiks.filter((it) => takesClass(it, annotation) && watches(it, object));
  if (traefiks.length > 0 && takers.length === 0) return [ignored(object, traefiks, annotation)];
  const [traefik] = takers;
  const routes = routesOf(object);
  return [
    ...entryPoints(object, traefik),
    ...routes.flatMap((route) => [
      ...rule(object, route, traefik),
      ...middlewares(cluster, object, route, traefik),
      ...route.backends.flatMap((it) => backend(cluster, object, it, traefik)),
    ]),
    ...certificate(cluster, object),
  ];
}

function watches({ namespaces }: Traefik, { metadata }: AnyObject): boolean {
  return namespaces.length === 0 || namespaces.includes(metadata?.namespace ?? "");
}

function ignored(object: AnyObject, [traefik]: readonly Traefik[], annotation: string): Finding {
  const wanted = traefik?.routeClass ?? "";
  const isClass = traefik ? !takesClass(traefik, annotation) : false;
  const where = traefik ? refText(refOf(traefik.workload)) : "Traefik";
  return at(object, "RouteIgnored", {
    problem: isClass
      ? `${where} takes only routes of class ${wanted === "" ? "traefik" : wanted}, and this one has ${annotation === "" ? "none" : annotation}.`
      : `${where} watches only the namespaces ${listed(traefik?.namespaces ?? [])}.`,
    field: isClass ? "metadata.annotations[kubernetes.io/ingress.class]" : "metadata.namespace",
    value: isClass ? annotation || "(none)" : (object.metadata?.namespace ?? ""),
    fix: isClass
      ? {
          text: "Give it that class.",
          command: `kubectl annotate --overwrite ingressroute ${object.metadata?.name ?? ""} --namespace ${object.metadata?.namespace ?? ""} kubernetes.io/ingress.class=${wanted === "" ? "traefik" : wanted}`,
          risk: "safe",
        }
      : { text: "Let Traefik watch that namespace (providers.kubernetesCRD.namespaces).", risk: "restart" },
  });
}

function entryPoints(object: AnyObject, traefik: Traefik | undefined): Finding[] {
  const named = ((object["spec"] ?? {}) as { entryPoints?: string[] }).entryPoints ?? [];
  const known = traefik?.entryPoints ?? new Set<string>();
  const wrong = named.filter((it) => known.size > 0 && !known.has(it.toLowerCase()));
  return wrong.length === 0
    ? []
    : [
        at(object, "RouteEntryPointMissing", {
          problem: `It uses ${listed(wrong)}, and Traefik has the entry points ${listed([...known], 8)}.`,
          field: "spec.entryPoints",
          value: named.join(", "),
          fix: { text: "Name an entry point that is there; browsers come in by websecure.", risk: "manual" },
        }),
      ];
}

function rule(object: AnyObject, { match, syntax }: Route, traefik: Traefik | undefined): Finding[] {
  const major = syntax === "v2" ? 2 : (traefik?.major ?? 3);
  // Of an unknown minor the newest is taken, so that nothing is called wrong that may be right.
  const problem = ruleProblem(match, { major, minor: traefik?.minor ?? 99 });
  return problem === undefined
    ? []
    : [
        at(object, "RouteRuleInvalid", {
          problem: `Its rule ${quoted(match)} ${problem}. Traefik leaves the route out and answers 404.`,
          field: "spec.routes[].match",
          value: quoted(match),
          fix: { text: "Correct the rule.", command: edit(object), risk: "safe" },
        }),
      ];
}

function middlewares(cluster: Cluster, object: AnyObject, route: Route, traefik: Traefik | undefined): Finding[] {
  const own = object.metadata?.namespace ?? "";
  return route.middlewares.flatMap(({ name, namespace = own }): Finding[] => {
    // `name@provider` is looked up by Traefik itself.
    if (name.includes("@")) return [];
    if (namespace !== own && traefik && !traefik.allowsCrossNamespace)
      return [crossNamespace(cluster, object, { kind: "Middleware", namespace, name })];
    if (!cluster.isMissing("Middleware", name, namespace)) return [];
    const elsewhere = cluster.all("Middleware").filter(({ metadata }) => metadata?.name === name);
    const place =
      elsewhere.length > 0 ? `; there is one of that name in ${elsewhere[0]?.metadata?.namespace ?? ""}` : "";
    return [
      at(object, "RouteMiddlewareMissing", {
        problem: `It uses Middleware ${namespace}/${name}, which does not exist${place}.`,
        field: "spec.routes[].middlewares",
        value: `${namespace}/${name}`,
        fix: { text: `Make it in ${namespace}, or take it out of the route.`, command: edit(object), risk: "safe" },
      }),
    ];
  });
}

function backend(
  cluster: Cluster,
  object: AnyObject,
  { name, namespace, port }: Backend,
  traefik?: Traefik,
): Finding[] {
  const own = object.metadata?.namespace ?? "";
  const ref = { kind: "Service", namespace: namespace ?? own, name };
  if (ref.namespace !== own && traefik && !traefik.allowsCrossNamespace) return [crossNamespace(cluster, object, ref)];
  if (cluster.isMissing("Service", name, ref.namespace))
    return [
      {
        ...at(object, "RouteServiceMissing", {
          problem: `It leads to ${refText(ref)}, which does not exist.`,
          field: "spec.routes[].services",
          value: name,
          fix: {
            text: "Name a Service that is there.",
            command: `kubectl get services --namespace ${ref.namespace}`,
            risk: "manual",
          },
        }),
        dependsOn: sessionOf(object),
      },
    ];
  const problem = portProblem(cluster.find(ref), port);
  return problem === undefined
    ? []
    : [
        at(object, "RoutePortMissing", {
          problem: `It leads to ${problem}.`,
          field: "spec.routes[].services[].port",
          value: String(port),
          fix: { text: "Name a port that the Service has.", command: edit(object), risk: "safe" },
        }),
      ];
}

/** A session's route is there before its Service, while something keeps the operator from making that. */
function sessionOf({ metadata }: AnyObject): Dependency[] {
  const name = metadata?.annotations?.["vdi.kasm.io/session-name"];
  if (name === undefined) return [];
  const object = { kind: "VDISession", ...(metadata?.namespace && { namespace: metadata.namespace }), name };
  return [{ object, because: `the operator makes route and Service of ${refText(object)}` }];
}

function crossNamespace(cluster: Cluster, object: AnyObject, ref: ObjectRef): Finding {
  const own = object.metadata?.namespace ?? "";
  return at(object, "RouteCrossNamespace", {
    problem: `It refers to ${refText(ref)} in another namespace, which Traefik does not allow (allowCrossNamespace is false).`,
    field: ref.kind === "Service" ? "spec.routes[].services" : "spec.routes[].middlewares",
    value: `${ref.namespace ?? ""}/${ref.name}`,
    fix: {
      text: cluster.get(ref.kind, ref.name, own)
        ? `Take namespace: ${ref.namespace ?? ""} out of the route: ${ref.kind} ${ref.name} is in ${own}, as the route is.`
        : `Put ${ref.kind} ${ref.name} into ${own}, and take namespace: ${ref.namespace ?? ""} out of the route.`,
      command: edit(object),
      risk: "manual",
    },
  });
}

function certificate(cluster: Cluster, object: AnyObject): Finding[] {
  const { tls } = (object["spec"] ?? {}) as { tls?: { secretName?: string } };
  const namespace = object.metadata?.namespace ?? "";
  const name = tls?.secretName ?? "";
  if (name === "" || !cluster.isMissing("Secret", name, namespace)) return [];
  return [
    {
      ...at(object, "RouteTlsSecretMissing", {
        problem: `Its certificate is to be in Secret ${namespace}/${name}, which does not exist: browsers get Traefik's own.`,
        field: "spec.tls.secretName",
        value: name,
        fix: {
          text: `Make the Secret in ${namespace}, or leave spec.tls.secretName away where the default certificate serves.`,
          command: `kubectl get secrets --all-namespaces --field-selector metadata.name=${name}`,
          risk: "manual",
        },
      }),
      dependsOn: [{ object: { kind: "Certificate", namespace, name }, because: `cert-manager makes Secret ${name}` }],
    },
  ];
}

interface Told {
  readonly problem: string;
  readonly field: string;
  readonly value: string;
  readonly fix: Fix;
}

function at(route: AnyObject, code: RouteCode, { problem, field, value, fix }: Told): Finding {
  const object = refOf(route);
  const subject = `${refText(object)} is not served as it should be. `;
  return { code, object, problem: `${subject}${problem}`, evidence: [{ object, field, value }], fix: [fix] };
}

function edit({ metadata }: AnyObject): string {
  return `kubectl edit ingressroute ${metadata?.name ?? ""} --namespace ${metadata?.namespace ?? ""}`;
}
