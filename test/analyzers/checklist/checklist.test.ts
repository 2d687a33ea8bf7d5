import { expect } from "chai";
import { checklistOf } from "../../../analyzers/checklist/checklist.ts";
import { webUiProblem } from "../../../analyzers/checklist/web-ui.ts";
import { Cluster } from "../../../analyzers/cluster.ts";
import { prerequisites } from "../../../analyzers/preflight/prerequisites.ts";
import { checklistExitCode } from "../../../diagnose/render/checklist.ts";
import { snapshotOf } from "../../cases/case.ts";
import type { Case } from "../../cases/case.ts";

const later = "2026-11-29T03:00:00Z";
const cluster = (changed: Partial<Case> = {}) =>
  new Cluster(
    snapshotOf({ name: "", source: "", base: "healthy", takenAt: later, expect: { roots: [], exit: 0 }, ...changed }),
  );
const results = (it: Cluster) => checklistOf(it, "kasm").map(({ result }) => result);

describe("the checklist after an installation", () => {
  it("passes on a healthy cluster, and skips the web UI when nobody asked for it", () => {
    expect(results(cluster())).to.deep.equal(["pass", "pass", "pass", "pass", "skip"]);
    expect(checklistExitCode(checklistOf(cluster(), "kasm"))).to.equal(0);
  });

  it("does not pass without pods, or in a namespace that is empty", () => {
    expect(checklistOf(cluster(), "nowhere").map(({ result }) => result)).to.deep.equal([
      "fail",
      "fail",
      "skip",
      "fail",
      "skip",
    ]);
  });

  it("does not pass what could not be read", () => {
    const denied = cluster({ unseen: { Pod: "forbidden", EndpointSlice: "forbidden", Ingress: "forbidden" } });
    expect(results(denied)).to.deep.equal(["unknown", "unknown", "pass", "unknown", "skip"]);
    expect(checklistExitCode(checklistOf(denied, "kasm"))).to.equal(5);
  });

  it("takes a pending claim that waits for its first consumer for well, and one of another class not", () => {
    const claim = (storageClassName: string) => ({
      ...{ apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: { namespace: "kasm", name: "new" } },
      ...{ spec: { storageClassName }, status: { phase: "Pending" } },
    });
    expect(results(cluster({ objects: [claim("local-path")] }))[2]).to.equal("pass");
    expect(results(cluster({ objects: [claim("fast-ssd")] }))[2]).to.equal("fail");
  });

  it("names a Service without ready pods, and the route that leads to it", () => {
    const slices = cluster()
      .all("EndpointSlice")
      .filter(({ metadata }) => metadata?.labels?.["kubernetes.io/service-name"] === "kasm-proxy-default");
    const remove = slices.map(({ metadata }) => `EndpointSlice kasm/${metadata?.name ?? ""}`);
    const [, services, , ingress] = checklistOf(cluster({ remove }), "kasm");
    expect(services?.problems[0]).to.match(
      /^Service kasm\/kasm-proxy-default leads nowhere: none of its \d pods? is ready\.$/,
    );
    expect(ingress?.problems).to.deep.equal([
      "Ingress kasm/kasm-proxy leads to Service kasm/kasm-proxy-default, which has no pod that is ready.",
    ]);
  });

  it("tells Traefik's 404 from that of the page", () => {
    const url = "https://x/";
    expect(webUiProblem({ url, status: 200, body: "" })).to.equal(undefined);
    expect(webUiProblem({ url, status: 302, body: "" })).to.equal(undefined);
    expect(webUiProblem({ url, status: 404, body: "404 page not found\n" })).to.contain("no route has this host");
    expect(webUiProblem({ url, status: 404, body: "<html>" })).to.equal("https://x/ answers 404.");
    expect(webUiProblem({ url, status: 503, body: "no available server" })).to.contain(
      "no pod behind its Service is ready",
    );
  });
});

describe("the prerequisites", () => {
  const asked = { publicIPs: [], storageClass: "local-path", kasmNamespace: "kasm" };
  const machine = { tools: ["kubectl", "helm", "git"], addresses: undefined };

  it("are met on a healthy cluster", () => {
    const items = prerequisites(cluster(), asked, machine);
    expect(items.filter(({ result }) => result !== "pass")).to.deep.equal([]);
    expect(items.length).to.be.greaterThan(15);
  });

  it("are unknown where nodes may not be listed", () => {
    const items = prerequisites(cluster({ unseen: { Node: "forbidden" } }), asked, machine);
    expect(items.find(({ title }) => title === "size of nodes")?.result).to.equal("unknown");
    expect(checklistExitCode(items)).to.equal(5);
  });

  it("name what is missing", () => {
    const items = prerequisites(cluster(), { ...asked, storageClass: "fast", nodeCount: 9 }, { ...machine, tools: [] });
    const wrong = items.filter(({ result }) => result !== "pass").map(({ title, result }) => `${title}: ${result}`);
    expect(wrong).to.deep.equal(["tools: warn", "number of nodes: fail", "StorageClass: fail"]);
  });
});
