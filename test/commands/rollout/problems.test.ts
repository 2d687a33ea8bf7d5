import { expect } from "chai";
import { isAwaited, releaseProblem, rolloutProblems } from "../../../commands/rollout/problems.ts";
import { readRevision } from "../../../helm/revision.ts";
import type { AnyObject } from "../../../kube/client.ts";
import { releaseSecret } from "../../helm/release-secret.ts";

const object = (kind: string, name: string, spec: object = {}, status: object = {}): AnyObject => ({
  kind,
  metadata: { namespace: "kasm", name, generation: 1 },
  spec,
  status: { observedGeneration: 1, ...status },
});
const available = { replicas: 1, updatedReplicas: 1, availableReplicas: 1 };
const problems = (...pairs: (readonly [expected: AnyObject, found: AnyObject | undefined])[]) =>
  rolloutProblems({
    expected: pairs.map(([expected]) => expected),
    found: pairs.map(([, found]) => found),
    pods: [],
    events: [],
  });

describe("what a rollout lacks", () => {
  it("is nothing when all that should run does", () => {
    const api = object("Deployment", "api", {}, available);
    const rdp = object("Service", "rdp", { type: "LoadBalancer" }, { loadBalancer: { ingress: [{ ip: "10.0.0.1" }] } });
    expect(problems([api, api], [rdp, rdp])).to.deep.equal([]);
  });

  it("is what does not exist, what does not run and what has no address", () => {
    const api = object("Deployment", "api");
    const rdp = object("Service", "rdp", { type: "LoadBalancer", ports: [{ port: 3389 }] });
    const seen = problems([object("StatefulSet", "db"), undefined], [api, api], [rdp, rdp]);
    expect(seen[0]).to.equal("StatefulSet kasm/db does not exist");
    expect(seen[1]).to.match(/^Deployment kasm\/api has 0 of 1 new pods/);
    expect(seen[2]).to.match(/^Service kasm\/rdp has no address/);
  });

  it("is not a Job that went by itself after its end; one that stays has to be there", () => {
    expect(problems([object("Job", "init", { ttlSecondsAfterFinished: 300 }), undefined])).to.deep.equal([]);
    expect(problems([object("Job", "init"), undefined])).to.deep.equal(["Job kasm/init does not exist"]);
  });

  it("is looked for in what starts pods, and in Services for browsers", () => {
    const kinds = ["Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "ConfigMap", "Service"];
    expect(kinds.filter((kind) => isAwaited(object(kind, "a")))).to.deep.equal(kinds.slice(0, 4));
    expect(isAwaited(object("Service", "a", { type: "LoadBalancer" }))).to.equal(true);
  });
});

describe("what Helm's record says against a release", () => {
  const problem = (status: string, description = "") =>
    releaseProblem("desktops", "kasm", readRevision(releaseSecret({ info: { status, description } })));

  it("is nothing when it is deployed", () => {
    expect(problem("deployed")).to.equal(undefined);
  });

  it("passes by itself while Helm is at work", () => {
    expect(problem("pending-upgrade")).to.deep.equal({
      text: "Helm is at work on revision 1 of release desktops/kasm (pending-upgrade)",
      isFinal: false,
    });
  });

  it("is final when Helm has failed, or was killed while it uninstalled: the engine would not run it again", () => {
    const failed = problem("failed", "timed out waiting for the condition");
    expect(failed?.isFinal).to.equal(true);
    expect(failed?.text).to.match(/^Helm has revision 1 of release desktops\/kasm as failed: timed out waiting/);
    expect(failed?.text).to.match(/kubectl delete secret .* owner=helm,name=kasm, then `pulumi up --refresh`$/);
    expect(problem("uninstalling")?.isFinal).to.equal(true);
  });

  it("is final when Helm knows nothing of it", () => {
    expect(releaseProblem("desktops", "kasm", undefined)).to.deep.equal({
      text: "Helm has no release desktops/kasm: `pulumi up --refresh` installs it again",
      isFinal: true,
    });
  });
});
