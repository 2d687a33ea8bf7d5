import { expect } from "chai";
import { Cluster } from "../../../analyzers/cluster.ts";
import { refusalVerdict } from "../../../analyzers/sessions/refusals.ts";
import { workloadPods } from "../../../analyzers/workloads/workload-pods.ts";
import { allCases, snapshotOf } from "../../cases/case.ts";

function fixOf(name: string) {
  const snapshot = snapshotOf(allCases().find((it) => it.name === name)!);
  return workloadPods.analyze(new Cluster(snapshot)).findings[0]?.fix[0];
}

describe("a workload whose pods a LimitRange refuses", () => {
  it("is told where its amounts are set, with a command for its namespace", () =>
    expect(fixOf("workloads/limit-range")).to.include({
      text: "Ask for an amount within these bounds in spec.template of Deployment kasm/api, or change the LimitRange.",
      command: "kubectl describe limitrange --namespace kasm",
    }));

  it("is told that claims are meant where those are refused", () =>
    expect(fixOf("workloads/limit-range-of-claims")?.text).to.equal(
      "Ask for an amount within these bounds in spec.volumeClaimTemplates of StatefulSet kasm/kasm-db, or change the LimitRange.",
    ));
});

describe("a quota that asks each container for limits", () => {
  const desk = { what: "the session's Pod" };
  const said = 'pods "x" is forbidden: failed quota: kasm-quota: must specify ';

  it("is told with the container, and what to add where", () =>
    expect(fixOf("workloads/quota-must-specify")).to.include({
      text: "Add resources.limits.cpu and resources.limits.memory to db-is-ready in spec.template of Deployment kasm/api, or have a LimitRange give defaults in the namespace.",
      command: "kubectl describe resourcequota kasm-quota --namespace kasm",
    }));

  it("is told by container where several lack something", () =>
    expect(refusalVerdict(`${said}limits.cpu for: a,b; limits.memory for: b`, desk)?.problem).to.equal(
      "ResourceQuota kasm-quota allows the session's Pod only if each container says how much it asks for: a lacks limits.cpu and b lacks limits.cpu and limits.memory.",
    ));

  it("is told of each container where an older server names none", () =>
    expect(refusalVerdict(`${said}limits.cpu,limits.memory`, desk)?.remedy).to.equal(
      "Add resources.limits.cpu and resources.limits.memory to each container in template or session, or have a LimitRange give defaults in the namespace.",
    ));
});

describe("what a desktop is refused for", () => {
  const message = "maximum memory usage per Container is 1Gi, but limit is 2Gi";

  it("is to be changed in template or session, with no command where the namespace is not known", () => {
    const told = refusalVerdict(message, { what: "the session's Pod" });
    expect(told?.remedy).to.include("in template or session");
    expect(told).not.to.have.property("command");
  });

  it("never has a command with a word in place of a name", () => {
    const told = refusalVerdict(message, { what: "the session", namespace: "kasm-vdi" });
    expect(told?.command).to.equal("kubectl describe limitrange --namespace kasm-vdi");
  });
});
