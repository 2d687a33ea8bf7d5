import type { AnyObject } from "../../kube/object.ts";
import { counted, listed } from "../../kube/sentences.ts";
import { untrusted } from "../../kube/untrusted-text.ts";
import type { Analyzer } from "../analyzer.ts";
import { refOf, refText } from "../finding.ts";
import type { Finding } from "../finding.ts";
import { ingressHosts } from "./ingresses.ts";
import { routesOf, weightOf } from "./route.ts";
import type { Route } from "./route.ts";
import { hostsOf, matchersOf } from "./rule.ts";

/** Each host leads to one thing. Of two rules that fit, Traefik takes the one with the higher priority: the longer one, by default. */
export const routeHosts: Analyzer = {
  area: "traefik",
  title: "Hosts lead to one route each",
  needs: ["IngressRoute", "Ingress"],
  analyze(cluster) {
    const routes = cluster
      .all("IngressRoute")
      .flatMap((object) => routesOf(object).map((route) => ({ object, route })));
    const hosts = new Set(routes.flatMap(({ route }) => hostsOf(route.match)));
    return {
      checked: hosts.size > 0 ? counted(hosts.size, "host") : undefined,
      findings: [...sameRule(routes), ...hiddenByPattern(routes), ...sameAsIngress(routes, cluster.all("Ingress"))],
    };
  },
};

interface Placed {
  readonly object: AnyObject;
  readonly route: Route;
}

function sameRule(routes: readonly Placed[]): Finding[] {
  const byRule = Map.groupBy(routes, ({ route }) => route.match.replace(/\s/g, "").toLowerCase());
  return [...byRule].flatMap(([rule, them]) => {
    const objects = new Map(them.map((it) => [refText(refOf(it.object)), it]));
    const [first, ...others] = [...objects.values()];
    if (rule === "" || !first || others.length === 0 || !others.some((it) => meet(first.object, it.object))) return [];
    const weights = [first, ...others].map(({ route }) => weightOf(route));
    const isDecided = new Set(weights).size === weights.length;
    const [winner] = [first, ...others].toSorted((a, b) => weightOf(b.route) - weightOf(a.route));
    const outcome = isDecided
      ? `all requests go to ${refText(refOf((winner ?? first).object))}`
      : "which one wins is left to chance";
    return [
      conflict(
        first.object,
        `${listed([...objects.keys()])} have the same rule ${first.route.match}: ${outcome}.`,
        first.route.match,
      ),
    ];
  });
}

/** A pattern is longer than the names that it fits, and so wins over each of them. */
function hiddenByPattern(routes: readonly Placed[]): Finding[] {
  const patterns = routes.flatMap((it) => {
    const read = matchersOf(untrusted(it.route.match));
    const matchers = "matchers" in read ? read.matchers : [];
    const [only] = matchers;
    return only?.name === "HostRegexp" && matchers.length === 1
      ? only.values.flatMap((value) => ({ ...it, fits: tester(value) }))
      : [];
  });
  return routes.flatMap(({ object, route }) =>
    hostsOf(route.match).flatMap((host) => {
      const winner = patterns.find(
        (it) =>
          it.object !== object && meet(it.object, object) && weightOf(it.route) > weightOf(route) && it.fits?.(host),
      );
      return winner
        ? [
            conflict(
              object,
              `${host} of ${refText(refOf(object))} is answered by ${refText(refOf(winner.object))}, whose rule ${winner.route.match} has the priority ${weightOf(winner.route)} against ${weightOf(route)}.`,
              route.match,
            ),
          ]
        : [];
    }),
  );
}

function sameAsIngress(routes: readonly Placed[], all: readonly AnyObject[]): Finding[] {
  return all.flatMap((ingress) =>
    ingressHosts(ingress).flatMap((host) => {
      const rival = routes.find(
        ({ route }) =>
          new RegExp("^Host\\(`[^`]*`\\)$").test(route.match.trim()) && hostsOf(route.match).includes(host),
      );
      return rival
        ? [
            conflict(
              rival.object,
              `${host} is the host of ${refText(refOf(rival.object))} and of ${refText(refOf(ingress))}: one of the two gets no requests.`,
              rival.route.match,
            ),
          ]
        : [];
    }),
  );
}

function conflict(route: AnyObject, problem: string, match: string): Finding {
  const object = refOf(route);
  return {
    code: "RouteHostConflict",
    object,
    problem,
    evidence: [{ object, field: "spec.routes[].match", value: match }],
    fix: [
      {
        text: "Take one of them away, or set spec.routes[].priority of the one that is to win.",
        command: `kubectl edit ingressroute ${object.name} --namespace ${object.namespace ?? ""}`,
        risk: "manual",
      },
    ],
  };
}

/** Whether two routes are asked at the same door. */
function meet(a: AnyObject, b: AnyObject): boolean {
  const [one, other] = [a, b].map((it) => ((it["spec"] ?? {}) as { entryPoints?: string[] }).entryPoints ?? []);
  return !one || !other || one.length === 0 || other.length === 0 || one.some((it) => other.includes(it));
}

/** Tests a host against somebody's pattern; undefined for one whose test could take long. */
function tester(pattern: string): ((host: string) => boolean) | undefined {
  // v2 writes the expression into braces.
  const plain = pattern.replace(/\{\w{1,63}:([^{}]{1,100})\}/g, "$1");
  const quantifiers = plain.match(/[+*{?]/g)?.length ?? 0;
  if (plain.length > 200 || quantifiers > 2 || /[()]/.test(plain)) return undefined;
  try {
    const expression = new RegExp(plain.startsWith("^") || plain === pattern ? plain : `^${plain}$`);
    return (host) => expression.test(host.slice(0, 253));
  } catch {
    return undefined;
  }
}
