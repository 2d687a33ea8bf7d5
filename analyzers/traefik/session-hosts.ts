import type { AnyObject } from "../../kube/object.ts";
import { counted, listed, quoted } from "../../kube/sentences.ts";
import type { Analyzer } from "../analyzer.ts";
import type { Cluster } from "../cluster.ts";
import { refOf, refText } from "../finding.ts";
import type { Finding } from "../finding.ts";
import { mayTake } from "./host-pattern.ts";
import { routesOf } from "./route.ts";

/** The address that a session's user is given is one that its own route serves. */
export const sessionHosts: Analyzer = {
  area: "traefik",
  title: "Addresses of sessions are those of their routes",
  needs: ["VDISession", "IngressRoute"],
  analyze(cluster) {
    const running = cluster.all("VDISession").flatMap(placed);
    return {
      checked: running.length > 0 ? counted(running.length, "session") : undefined,
      findings: running.flatMap((it) => finding(cluster, it) ?? []),
    };
  },
};

interface Placed {
  readonly session: AnyObject;
  readonly host: string;
  /** Of all objects of the session. */
  readonly name: string;
}

function placed(session: AnyObject): Placed[] {
  const { phase, url = "", podName = "" } = (session["status"] ?? {}) as Record<string, string | undefined>;
  return phase === "Running" && URL.canParse(url) ? [{ session, host: new URL(url).hostname, name: podName }] : [];
}

function finding(cluster: Cluster, { session, host, name }: Placed): Finding | undefined {
  const route = cluster.get("IngressRoute", name, session.metadata?.namespace);
  const rules = route ? routesOf(route).map(({ match }) => match) : [];
  if (!route || rules.some((match) => mayTake(match, host))) return undefined;
  const object = refOf(route);
  const told = rules.length === 0 ? "has no rule" : `has the rule ${listed(rules.map(quoted))}`;
  return {
    code: "RouteNotFound",
    object,
    problem: `The address of ${refText(refOf(session))} is ${host}, and its ${refText(object)} ${told}: Traefik answers 404 there.`,
    evidence: [
      { object: refOf(session), field: "status.url", value: host },
      { object, field: "spec.routes[].match", value: rules.map(quoted).join(", ") || "(none)" },
    ],
    fix: [
      {
        text: "Delete the route: the operator makes it again, with the session's host. If it comes back as it was, see in metadata.managedFields who writes it.",
        command: `kubectl delete ingressroute ${object.name} --namespace ${object.namespace ?? ""}`,
        risk: "manual",
      },
    ],
  };
}
