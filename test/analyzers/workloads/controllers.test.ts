import { expect } from "chai";
import { analyzers } from "../../../analyzers/all.ts";
import { Cluster } from "../../../analyzers/cluster.ts";
import { imagePulls } from "../../../analyzers/images/image-pulls.ts";
import { changeOf } from "../../../analyzers/workloads/controllers.ts";
import { findingsIn } from "../../../diagnose/graph/graph.ts";
import { reportOn } from "../../../diagnose/report.ts";
import type { AnyObject } from "../../../kube/object.ts";
import { allCases, snapshotOf } from "../../cases/case.ts";
import { clusterOf } from "../cluster-of.ts";

const owned = (apiVersion: string, kind: string, name: string, controller = true): AnyObject => ({
  kind: "Deployment",
  metadata: { namespace: "storage", name: "it", ownerReferences: [{ apiVersion, kind, name, uid: "u", controller }] },
});
const workload = { kind: "Deployment", namespace: "storage", name: "it" };
const scale = { text: "Scale it up.", command: "kubectl scale deployment it", risk: "safe" } as const;

describe("the change of a workload", () => {
  it("is made at what its operator follows, by hand", () => {
    const cluster = clusterOf({
      Deployment: [owned("nvidia.com/v1", "ClusterPolicy", "cluster-policy")],
      ClusterPolicy: [{ kind: "ClusterPolicy", metadata: { name: "cluster-policy" } }],
    });
    expect(changeOf(cluster, workload, scale)).to.deep.equal({
      text: "Scale it up. Change it at ClusterPolicy cluster-policy, whose operator takes back what is changed at the Deployment itself.",
      command: "kubectl edit clusterpolicies.nvidia.com cluster-policy",
      risk: "manual",
    });
  });

  it("names the namespace of an owner that is not known to be of the whole cluster", () => {
    const cluster = clusterOf({ Deployment: [owned("ceph.rook.io/v1", "CephCluster", "rook")] });
    expect(changeOf(cluster, workload, scale).command).to.equal(
      "kubectl edit cephclusters.ceph.rook.io rook --namespace storage",
    );
  });

  it("is made at the workload where nobody controls it", () => {
    const owner = owned("example.com/v1", "Other", "x", false);
    for (const cluster of [clusterOf({}), clusterOf({ Deployment: [owner] })])
      expect(changeOf(cluster, workload, scale)).to.deep.equal(scale);
  });
});

describe("a finding that has a workload changed", () => {
  it("has the GPU operator's ClusterPolicy edited for the image of one of its DaemonSets", () => {
    const one = allCases().find(({ name }) => name === "gpu/toolkit-image-missing");
    if (!one) throw new Error("no such case");
    const { findings } = imagePulls.analyze(new Cluster(snapshotOf(one)));
    expect(findings.flatMap(({ fix }) => fix.map(({ command }) => command))).to.deep.equal([
      "kubectl edit clusterpolicies.nvidia.com cluster-policy",
    ]);
  });

  it("never has one changed that has a controller, in any case", () => {
    const wrong = allCases().flatMap((one) => {
      const cluster = new Cluster(snapshotOf(one));
      const findings = reportOn(cluster, analyzers).roots.flatMap(findingsIn);
      return findings
        .flatMap(({ fix }) => fix.flatMap(({ command }) => workloadIn(command ?? "") ?? []))
        .filter(({ kind, name, namespace }) =>
          cluster.get(kind, name, namespace)?.metadata?.ownerReferences?.some(({ controller }) => controller === true),
        )
        .map(({ name }) => `${one.name}: ${name}`);
    });
    expect(wrong).to.deep.equal([]);
  });
});

const kinds: Readonly<Record<string, string>> = {
  deployment: "Deployment",
  statefulset: "StatefulSet",
  daemonset: "DaemonSet",
};

function workloadIn(command: string): { kind: string; name: string; namespace: string } | undefined {
  const found = /kubectl (?:set image|edit|patch|scale) (\w+)[/ ](\S+) --namespace (\S+)/.exec(command);
  const [, resource = "", name = "", namespace = ""] = found ?? [];
  const kind = kinds[resource];
  return kind === undefined ? undefined : { kind, name, namespace };
}
