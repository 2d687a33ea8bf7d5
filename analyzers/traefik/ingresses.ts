import type { AnyObject } from "../../kube/object.ts";
import { counted, listed } from "../../kube/sentences.ts";
import type { Analyzer } from "../analyzer.ts";
import type { Cluster } from "../cluster.ts";
import { refOf, refText } from "../finding.ts";
import type { Evidence, Finding } from "../finding.ts";
import { portProblem } from "./ports.ts";

/** Ingresses, Kasm's among them, have a class that is there, and lead to ports that are there. */
export const ingresses: Analyzer = {
  area: "traefik",
  title: "Ingresses have a class and lead to Services",
  needs: ["Ingress", "IngressClass", "Service"],
  analyze(cluster) {
    const all = cluster.all("Ingress");
    return {
      checked: all.length > 0 ? counted(all.length, "Ingress").replace("Ingresss", "Ingresses") : undefined,
      findings: all.flatMap((it) => [
        ...classless(cluster, it),
        ...backends(cluster, it),
        ...certificates(cluster, it),
      ]),
    };
  },
};

interface IngressSpec {
  ingressClassName?: string;
  tls?: { secretName?: string; hosts?: string[] }[];
  rules?: { host?: string; http?: { paths?: { backend?: { service?: IngressService } }[] } }[];
  defaultBackend?: { service?: IngressService };
}

interface IngressService {
  name: string;
  port?: { number?: number; name?: string };
}

function specOf(ingress: AnyObject): IngressSpec {
  return ingress["spec"] ?? {};
}

/** Services that an Ingress leads to, each with its port. */
export function ingressBackends(ingress: AnyObject): { name: string; port: string | number | undefined }[] {
  const { rules = [], defaultBackend } = specOf(ingress);
  const services = [
    defaultBackend?.service,
    ...rules.flatMap(({ http }) => (http?.paths ?? []).map(({ backend }) => backend?.service)),
  ];
  return services.flatMap((it) => (it ? [{ name: it.name, port: it.port?.name ?? it.port?.number }] : []));
}

export function ingressHosts(ingress: AnyObject): string[] {
  return (specOf(ingress).rules ?? []).flatMap(({ host }) => (host === undefined ? [] : [host.toLowerCase()]));
}

function classless(cluster: Cluster, ingress: AnyObject): Finding[] {
  const annotation = ingress.metadata?.annotations?.["kubernetes.io/ingress.class"];
  const named = specOf(ingress).ingressClassName ?? annotation;
  const classes = cluster.all("IngressClass");
  const isDefault = ({ metadata }: AnyObject) =>
    metadata?.annotations?.["ingressclass.kubernetes.io/is-default-class"] === "true";
  const object = refOf(ingress);
  const has = listed(classes.map(({ metadata }) => metadata?.name ?? ""));
  const isThere =
    named === undefined
      ? classes.some(isDefault)
      : annotation !== undefined || classes.some(({ metadata }) => metadata?.name === named);
  if (isThere) return [];
  return [
    {
      code: "IngressClassMissing",
      object,
      problem:
        named === undefined
          ? `${refText(object)} names no class and none is the default, so that nobody serves it. Classes: ${has}.`
          : `${refText(object)} has the class ${named}, which does not exist, so that nobody serves it. Classes: ${has}.`,
      evidence: [{ object, field: "spec.ingressClassName", value: named ?? "(none)" }],
      fix: [
        {
          text: "Name a class that is there; K3s's is traefik.",
          command: `kubectl patch ingress ${object.name} --namespace ${object.namespace ?? ""} --type merge --patch '{"spec":{"ingressClassName":"traefik"}}'`,
          risk: "safe",
        },
      ],
    },
  ];
}

function backends(cluster: Cluster, ingress: AnyObject): Finding[] {
  const object = refOf(ingress);
  const { namespace = "" } = object;
  return ingressBackends(ingress).flatMap(({ name, port }): Finding[] => {
    const evidence: Evidence[] = [
      { object, field: "spec.rules[].http.paths[].backend.service", value: `${name}:${port ?? ""}` },
    ];
    const fix = [
      {
        text: "Lead it to a Service and port that are there.",
        command: `kubectl get services --namespace ${namespace}`,
        risk: "manual" as const,
      },
    ];
    if (cluster.isMissing("Service", name, namespace))
      return [
        {
          code: "RouteServiceMissing",
          object,
          problem: `${refText(object)} leads to Service ${namespace}/${name}, which does not exist.`,
          evidence,
          fix,
        },
      ];
    const problem = portProblem(cluster.get("Service", name, namespace), port);
    return problem === undefined
      ? []
      : [{ code: "RoutePortMissing", object, problem: `${refText(object)} leads to ${problem}.`, evidence, fix }];
  });
}

function certificates(cluster: Cluster, ingress: AnyObject): Finding[] {
  const object = refOf(ingress);
  const { namespace = "" } = object;
  const names = (specOf(ingress).tls ?? []).map(({ secretName }) => secretName ?? "").filter((it) => it !== "");
  return names
    .filter((name) => cluster.isMissing("Secret", name, namespace))
    .map((name) => ({
      code: "RouteTlsSecretMissing",
      object,
      problem: `The certificate of ${refText(object)} is to be in Secret ${namespace}/${name}, which does not exist: browsers get Traefik's own.`,
      evidence: [{ object, field: "spec.tls[].secretName", value: name }],
      fix: [
        {
          text: `Make the Secret in ${namespace}, or see why cert-manager does not.`,
          command: `kubectl get certificates --namespace ${namespace}`,
          risk: "manual",
        },
      ],
      dependsOn: [{ object: { kind: "Certificate", namespace, name }, because: `cert-manager makes Secret ${name}` }],
    }));
}
