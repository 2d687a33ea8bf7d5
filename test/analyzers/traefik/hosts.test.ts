import { expect } from "chai";
import { Cluster } from "../../../analyzers/cluster.ts";
import type { Finding } from "../../../analyzers/finding.ts";
import { mayTake, patternOf } from "../../../analyzers/traefik/host-pattern.ts";
import { routeHosts } from "../../../analyzers/traefik/hosts.ts";
import { weightOf } from "../../../analyzers/traefik/route.ts";
import { ingressRoutes } from "../../../analyzers/traefik/routes.ts";
import { sessionHosts } from "../../../analyzers/traefik/session-hosts.ts";
import type { Analyzer } from "../../../analyzers/analyzer.ts";
import type { AnyObject } from "../../../kube/object.ts";
import { allCases, snapshotOf } from "../../cases/case.ts";
import { clusterOf } from "../cluster-of.ts";

function findingOf(analyzer: Analyzer, name: string): Finding {
  const cluster = new Cluster(snapshotOf(allCases().find((it) => it.name === name)!));
  return analyzer.analyze(cluster).findings[0]!;
}

const commandsOf = ({ fix }: Finding) => fix.map(({ command }) => command);

describe("a pattern above the priority of sessions", () => {
  const found = findingOf(routeHosts, "traefik/pattern-above-sessions");

  it("is what is to be edited, and not the operator's own route", () =>
    expect(commandsOf(found)).to.deep.equal(["kubectl edit ingressroute catch-all --namespace default"]));

  it("is evidence beside the session's rule", () =>
    expect(found.evidence.map(({ object, value }) => `${object.name}: ${value}`)).to.deep.equal([
      "demo-pid4tfdgckeiqxrc: Host(`7ab7uoyrptfmpfydfybk5rks5.desktops.lab.example.com`), priority 10000",
      "catch-all: HostRegexp(`.+`), priority 100000",
    ]));
});

describe("two routes of the same rule", () => {
  const route = (name: string, priority: number, annotations: Record<string, string> = {}): AnyObject => ({
    kind: "IngressRoute",
    metadata: { namespace: "kasm", name, annotations },
    spec: { routes: [{ match: "Host(`a.example.com`)", priority, services: [] }] },
  });
  const ofSession = { "vdi.kasm.io/session-name": "a" };

  function codes(...routes: AnyObject[]) {
    const { findings } = routeHosts.analyze(clusterOf({ IngressRoute: routes, Ingress: [] }));
    return findings.map(({ code, object, fix }) => `${code} ${object.name}: ${fix[0]?.command ?? ""}`);
  }

  it("are a failure where a session's loses", () =>
    expect(codes(route("own", 10_000, ofSession), route("b", 10_001), route("c", 1))).to.deep.equal([
      "RouteAnsweredElsewhere own: kubectl edit ingressroute b --namespace kasm",
    ]));

  it("are a warning where a session's wins", () =>
    expect(codes(route("own", 10_000, ofSession), route("b", 1)).map((it) => it.split(" ")[0])).to.deep.equal([
      "RouteHostConflict",
    ]));
});

describe("the priority of a rule", () => {
  const of = (match: string, priority?: number) =>
    weightOf({ match, priority, syntax: undefined, middlewares: [], backends: [] });

  it("is the one that is set", () => expect(of("Host(`a.example.com`)", 7)).to.equal(7));

  it("is its length in bytes, as Go counts it", () => expect(of("Host(`ä.example.com`)")).to.equal(22));
});

describe("a rule", () => {
  const host = "a.desktops.example.com";
  for (const [match, takes] of [
    ["Host(`a.desktops.example.com`)", true],
    ["Host(`A.Desktops.example.com`)", true],
    ["Host(`a.desktop.example.com`)", false],
    ["Host(`a.example.com`) || Host(`a.desktops.example.com`)", true],
    ["Host(`*.desktops.example.com`)", true],
    ["Host(`*.example.org`)", false],
    ["HostRegexp(`^[a-z]+\\.desktops\\.example\\.com$`)", true],
    ["HostRegexp(`^[a-z]+\\.example\\.com$`)", false],
    ["PathPrefix(`/`)", true],
    ["!Host(`b.example.com`)", true],
    // Not read, and so not judged.
    ["Host(`a.desktop.example.com`", true],
    ["HostRegexp(`^(a|b)\\.example\\.com$`)", true],
  ] as const)
    it(`${match} ${takes ? "may take" : "does not take"} ${host}`, () => expect(mayTake(match, host)).to.equal(takes));

  it("without a host is a pattern for all of them", () => expect(patternOf("PathPrefix(`/`)")?.(host)).to.equal(true));

  it("of a name, or of more than a pattern, is none", () => {
    expect(patternOf("Host(`a.desktops.example.com`)")).to.equal(undefined);
    expect(patternOf("HostRegexp(`.+`) && PathPrefix(`/x`)")).to.equal(undefined);
    expect(patternOf("PathPrefix(`/x`)")).to.equal(undefined);
  });
});

describe("a session whose route is for another host", () => {
  const found = findingOf(sessionHosts, "traefik/session-host-differs");

  it("is told with both hosts", () =>
    expect(found.problem).to.equal(
      "The address of VDISession kasm-vdi/demo is 7ab7uoyrptfmpfydfybk5rks5.desktops.lab.example.com, and its IngressRoute kasm-vdi/demo-pid4tfdgckeiqxrc has the rule Host(`7ab7uoyrptfmpfydfybk5rks5.desktop.lab.example.com`): Traefik answers 404 there.",
    ));
});

describe("a route to a Service of another namespace", () => {
  it("is to leave the namespace out where its own has the Service", () =>
    expect(findingOf(ingressRoutes, "traefik/service-across-namespaces").fix[0]).to.include({
      text: "Take namespace: kasm out of the route: Service demo-pid4tfdgckeiqxrc is in kasm-vdi, as the route is.",
      command: "kubectl edit ingressroute demo-pid4tfdgckeiqxrc --namespace kasm-vdi",
    }));

  it("is to get a Middleware that is only elsewhere", () =>
    expect(findingOf(ingressRoutes, "traefik/middleware-across-namespaces").fix[0]?.text).to.equal(
      "Put Middleware auth into kasm, and take namespace: auth out of the route.",
    ));
});
