import type { AnyObject } from "../../kube/object.ts";
import { counted, listed } from "../../kube/sentences.ts";
import type { Analyzer } from "../analyzer.ts";
import { refOf, refText } from "../finding.ts";
import type { Evidence, Finding } from "../finding.ts";
import { patternOf } from "./host-pattern.ts";
import { ingressHosts } from "./ingresses.ts";
import { routesOf, weightOf } from "./route.ts";
import type { Route } from "./route.ts";
import { hostsOf } from "./rule.ts";

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
    const [winner = first, ...losers] = [first, ...others].toSorted((a, b) => weightOf(b.route) - weightOf(a.route));
    const loser = losers.find(isOfSession);
    if (isDecided && loser) return [taken(loser, winner, loser.route.match)];
    const outcome = isDecided
      ? `all requests go to ${refText(refOf(winner.object))}`
      : "which one wins is left to chance";
    return [conflict(first, `${listed([...objects.keys()])} have the same rule ${first.route.match}: ${outcome}.`)];
  });
}

/** A pattern is longer than the names that it fits, and so wins over each of them. */
function hiddenByPattern(routes: readonly Placed[]): Finding[] {
  const patterns = routes.flatMap((it) => {
    const fits = patternOf(it.route.match);
    return fits ? [{ ...it, fits }] : [];
  });
  return routes.flatMap((it) =>
    hostsOf(it.route.match).flatMap((host) => {
      const winner = patterns.find(
        (other) =>
          other.object !== it.object &&
          meet(other.object, it.object) &&
          weightOf(other.route) > weightOf(it.route) &&
          other.fits(host),
      );
      return winner ? [taken(it, winner, host)] : [];
    }),
  );
}

/** The operator's own priority is above what others need: who goes beyond it takes a desktop's requests. */
function taken(loser: Placed, winner: Placed, host: string): Finding {
  const problem = `${host} of ${refText(refOf(loser.object))} is answered by ${refText(refOf(winner.object))}, whose rule ${winner.route.match} has the priority ${weightOf(winner.route)} against ${weightOf(loser.route)}.`;
  const found = conflict(loser, problem);
  const evidence = [ruleOf(loser), ruleOf(winner)];
  if (!isOfSession(loser)) return { ...found, evidence };
  return {
    ...found,
    code: "RouteAnsweredElsewhere",
    evidence,
    fix: [
      {
        text: `Give ${refText(refOf(winner.object))} a priority below ${weightOf(loser.route)}, or a rule for its own hosts alone.`,
        command: edit(winner.object),
        risk: "manual",
      },
    ],
  };
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
              rival,
              `${host} is the host of ${refText(refOf(rival.object))} and of ${refText(refOf(ingress))}: one of the two gets no requests.`,
            ),
          ]
        : [];
    }),
  );
}

function conflict(placed: Placed, problem: string): Finding {
  return {
    code: "RouteHostConflict",
    object: refOf(placed.object),
    problem,
    evidence: [ruleOf(placed)],
    fix: [
      {
        text: "Take one of them away, or set spec.routes[].priority of the one that is to win.",
        command: edit(placed.object),
        risk: "manual",
      },
    ],
  };
}

function ruleOf({ object, route }: Placed): Evidence {
  const priority = route.priority === undefined ? "" : `, priority ${route.priority}`;
  return { object: refOf(object), field: "spec.routes[].match", value: `${route.match}${priority}` };
}

function edit({ metadata }: AnyObject): string {
  return `kubectl edit ingressroute ${metadata?.name ?? ""} --namespace ${metadata?.namespace ?? ""}`;
}

/** Whether the operator made it for a session. */
function isOfSession({ object }: Placed): boolean {
  return object.metadata?.annotations?.["vdi.kasm.io/session-name"] !== undefined;
}

/** Whether two routes are asked at the same door. */
function meet(a: AnyObject, b: AnyObject): boolean {
  const [one, other] = [a, b].map((it) => ((it["spec"] ?? {}) as { entryPoints?: string[] }).entryPoints ?? []);
  return !one || !other || one.length === 0 || other.length === 0 || one.some((it) => other.includes(it));
}
