import { expect } from "chai";
import { Cluster } from "../../../analyzers/cluster.ts";
import { loadBalancers } from "../../../analyzers/traefik/load-balancers.ts";
import type { Case } from "../../cases/case.ts";
import { allCases, snapshotOf } from "../../cases/case.ts";

describe("a Service that ServiceLB serves and that has no address", () => {
  const one = allCases().find(({ name }) => name === "traefik/load-balancer-without-address")!;

  function found(changes: Case["changes"] = {}) {
    return loadBalancers.analyze(new Cluster(snapshotOf({ ...one, changes: { ...one.changes, ...changes } })))
      .findings[0];
  }

  it("is a matter of the K3s servers where ServiceLB's pods are ready", () => {
    expect(found()?.problem).to.equal(
      "Service kube-system/traefik has no address, though ServiceLB serves it: all 3 of its pods are ready.",
    );
    expect(found()?.fix[0]?.command).to.match(/^journalctl --unit k3s /);
  });

  it("is a matter of the Service's own pods where only their nodes count", () =>
    expect(
      found({
        "Service kube-system/traefik": {
          spec: { externalTrafficPolicy: "Local" },
          status: { loadBalancer: { ingress: [] } },
        },
      })?.fix[0]?.text,
    ).to.match(/^externalTrafficPolicy is Local/));

  it("is a matter of ServiceLB's pods where one is not ready", () =>
    expect(
      found({ "Pod kube-system/svclb-traefik-ae8a1377-nb5xn": { status: { phase: "Pending", conditions: [] } } })
        ?.fix[0]?.text,
    ).to.equal("See why ServiceLB's pods do not run."));
});
