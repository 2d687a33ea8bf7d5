import { expect } from "chai";
import type { AnyObject } from "../../../../kube/client.ts";
import { hashOf, helmJob, isDone } from "../../../../lab/simulators/helm-controller/helm-job.ts";

const chart: AnyObject = {
  metadata: { name: "traefik", namespace: "kube-system" },
  spec: { chart: "https://%{KUBERNETES_API}%/static/charts/traefik.tgz", failurePolicy: "reinstall" },
};
const config = (valuesContent: string, failurePolicy = "abort"): AnyObject => ({
  spec: { valuesContent, failurePolicy },
});
const templateOf = (job: AnyObject) =>
  (job.spec as { template: { metadata: { annotations: object }; spec: { containers: { env: object[] }[] } } }).template;

describe("the Job of K3s's Helm controller", () => {
  it("is named after the HelmChart, and marked as its own", () => {
    const { metadata } = helmJob(chart, undefined, undefined);
    expect(metadata).to.include({ name: "helm-install-traefik", namespace: "kube-system" });
    expect(metadata?.labels).to.include({ "helmcharts.helm.cattle.io/chart": "traefik" });
    expect(metadata?.annotations).to.include({
      "objectset.rio.cattle.io/owner-gvk": "helm.cattle.io/v1, Kind=HelmChart",
      "objectset.rio.cattle.io/owner-name": "traefik",
    });
  });

  it("follows the failure policy of the HelmChartConfig, which wins over the chart's", () => {
    const policyOf = (job: AnyObject) => templateOf(job).spec.containers[0]?.env;
    expect(policyOf(helmJob(chart, undefined, undefined))).to.deep.include({
      name: "FAILURE_POLICY",
      value: "reinstall",
    });
    expect(policyOf(helmJob(chart, config(""), undefined))).to.deep.include({ name: "FAILURE_POLICY", value: "abort" });
  });

  it("is another one for other values or another policy, and the same for the same", () => {
    const hash = hashOf(helmJob(chart, config("a: 1"), undefined));
    expect(hashOf(helmJob(chart, config("a: 1"), undefined))).to.equal(hash);
    expect(hashOf(helmJob(chart, config("a: 2"), undefined))).not.to.equal(hash);
    expect(hashOf(helmJob(chart, config("a: 1", "reinstall"), undefined))).not.to.equal(hash);
    expect(hashOf(helmJob({ ...chart, spec: { valuesContent: "b: 1" } }, config("a: 1"), undefined))).not.to.equal(
      hash,
    );
  });

  it("fails in its pod, whose log alone would tell why", () => {
    const failing = helmJob(chart, config("logs: {}"), "'logs' not allowed");
    expect(templateOf(failing).metadata.annotations).to.include({ "lab.kasm-vdi/fault": "crash-loop" });
    expect(failing.spec).to.include({ backoffLimit: 1000 });
  });

  it("is done when it has succeeded", () => {
    expect(isDone({ status: { succeeded: 1 } })).to.equal(true);
    expect(isDone({ status: { active: 1 } })).to.equal(false);
    expect(isDone({})).to.equal(false);
  });
});
