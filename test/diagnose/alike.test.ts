import { expect } from "chai";
import type { Finding } from "../../analyzers/finding.ts";
import type { Scope } from "../../analyzers/workloads/scope.ts";
import { withoutRepeats } from "../../diagnose/graph/alike.ts";
import { chains } from "../../diagnose/graph/graph.ts";

const deployment = { kind: "Deployment", namespace: "kasm", name: "api" };
const scope: Scope = { object: deployment, members: "pods of Deployment kasm/api", total: 3, isCause: false };

function finding(name: string, problem: string, more: Partial<Finding> = {}): Finding {
  return {
    code: "ImageNotFound",
    object: { kind: "Pod", namespace: "kasm", name },
    problem,
    evidence: [],
    fix: [],
    ...more,
  };
}

const merged = (...findings: Finding[]) => withoutRepeats(chains(findings), () => scope);

describe("roots with the same fault", () => {
  it("are one, which names how many pods there are and which have it", () => {
    const [only, ...others] = merged(finding("api-a", "Image x is missing."), finding("api-b", "Image x is missing."));
    expect(others).to.deep.equal([]);
    expect(only?.finding.object).to.deep.equal(deployment);
    expect(only?.finding.problem).to.equal(
      "Image x is missing. This affects 2 of 3 pods of Deployment kasm/api: api-a and api-b.",
    );
  });

  it("are the same where they differ by nothing but the pod's own name", () => {
    expect(merged(finding("api-a", "Pod api-a waits."), finding("api-b", "Pod api-b waits."))).to.have.length(1);
    expect(merged(finding("api-a", "Node 1 is full."), finding("api-b", "Node 2 is full."))).to.have.length(2);
  });

  it("have below them what follows from any of them", () => {
    const because = "it waits";
    const proxy = (name: string, of: Finding) =>
      finding(name, name, { code: "InitContainerWaiting", dependsOn: [{ object: of.object, because }] });
    const [a, b] = [finding("api-a", "Image x is missing."), finding("api-b", "Image x is missing.")];
    const [only] = merged(a, b, proxy("one", a), proxy("two", b));
    expect(only?.symptoms.map((it) => it.finding.object.name)).to.have.members(["one", "two"]);
  });

  it("tell a look once, and what changes a pod for each pod", () => {
    const fix = (name: string) => [
      { text: "Look.", command: `kubectl logs ${name}`, risk: "safe" as const },
      { text: "Delete it.", command: `kubectl delete pod ${name}`, risk: "restart" as const },
    ];
    const [only] = merged(
      finding("api-a", "It fails.", { fix: fix("api-a") }),
      finding("api-b", "It fails.", { fix: fix("api-b") }),
    );
    expect(only?.finding.fix.map(({ command }) => command)).to.deep.equal([
      "kubectl logs api-a",
      "kubectl delete pod api-a",
      "kubectl delete pod api-b",
    ]);
  });

  it("stay apart at one pod", () => {
    const both = ["one", "two"].map((container) => finding("api-a", "It fails.", { container }));
    expect(merged(...both)).to.have.length(2);
  });
});
