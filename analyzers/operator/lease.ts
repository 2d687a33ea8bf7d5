import type { Lease } from "../../kube/lease.ts";
import type { Analyzer } from "../analyzer.ts";
import type { Cluster } from "../cluster.ts";
import { behindPods } from "../dependencies.ts";
import { refOf, refText } from "../finding.ts";
import type { Finding } from "../finding.ts";
import { podsOf } from "../workloads/workload.ts";
import { operatorDeployments, operatorName } from "./deployments.ts";

/** Beyond the duration itself: clocks differ a little, and the snapshot is not taken in one moment. */
const toleranceSeconds = 15;

/** The Lease by which one replica of the operator leads. */
export const operatorLease: Analyzer = {
  area: "operator",
  title: "VDI operator leads",
  needs: ["Lease"],
  analyze(cluster) {
    const leases = (cluster.all("Lease") as readonly Lease[]).filter(({ metadata }) => metadata?.name === operatorName);
    return {
      checked: leases.length > 0 ? "the Lease" : undefined,
      findings: leases.flatMap((lease) => finding(cluster, lease) ?? []),
    };
  },
};

function finding(cluster: Cluster, lease: Lease): Finding | undefined {
  const { holderIdentity = "", leaseDurationSeconds = 15, renewTime } = lease.spec ?? {};
  const isExpired = cluster.isOlderThan(renewTime, leaseDurationSeconds + toleranceSeconds);
  const isFree = holderIdentity === "" && cluster.isOlderThan(renewTime, toleranceSeconds);
  if (!isExpired && !isFree) return undefined;
  const object = refOf({ ...lease, kind: "Lease" });
  const [operator] = operatorDeployments(cluster);
  const pods = operator ? podsOf(cluster, operator) : [];
  const problem =
    holderIdentity === ""
      ? `Nobody holds ${refText(object)} since ${renewTime ?? "unknown"}`
      : `${holderIdentity} holds ${refText(object)} for ${leaseDurationSeconds} s at a time, and last renewed it at ${renewTime ?? "unknown"}`;
  const deployment = operator
    ? refOf(operator)
    : { kind: "Deployment", namespace: object.namespace ?? "", name: operatorName };
  return {
    code: "OperatorNotLeading",
    object,
    problem: `${problem}: nobody works on sessions.`,
    evidence: [
      { object, field: "spec.holderIdentity", value: holderIdentity || "(none)" },
      { object, field: "spec.renewTime", value: renewTime ?? "(none)" },
    ],
    fix: [
      {
        text: "See whether the operator's pods reach the API server and may write the Lease; a restart makes them ask for it anew.",
        command: `kubectl rollout restart deployment/${deployment.name} --namespace ${deployment.namespace ?? ""}`,
        risk: "restart",
      },
    ],
    dependsOn: [
      { object: deployment, because: `${refText(deployment)} has to renew it` },
      ...behindPods(cluster, pods),
    ],
  };
}

/** Whether an operator leads, as far as can be told. */
export function isLed(cluster: Cluster): boolean {
  return (cluster.all("Lease") as readonly Lease[]).some(
    (lease) => lease.metadata?.name === operatorName && finding(cluster, lease) === undefined,
  );
}
