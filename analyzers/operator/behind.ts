import type { Cluster } from "../cluster.ts";
import { refOf, refText } from "../finding.ts";
import type { Dependency } from "../finding.ts";
import { operatorDeployments, operatorName, usualNamespace } from "./deployments.ts";

/** What has to be well for the operator to look at sessions, whether it is there or not. */
export function operatorBehind(cluster: Cluster): Dependency[] {
  const found = operatorDeployments(cluster).map(refOf);
  const leases = cluster.all("Lease").filter(({ metadata }) => metadata?.name === operatorName);
  const usual = { kind: "Deployment", namespace: usualNamespace, name: operatorName };
  return [
    ...(found.length > 0 ? found : [usual]),
    ...leases.map((it) => refOf({ ...it, kind: "Lease" })),
    { kind: "CustomResourceDefinition", name: "vdisessions.vdi.kasm.io" },
  ].map((object) => ({ object, because: `sessions need ${refText(object)}` }));
}
