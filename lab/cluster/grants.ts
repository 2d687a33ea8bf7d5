import { ClusterClient, loadKubeConfig } from "../../kube/client.ts";
import type { AnyObject } from "../../kube/client.ts";
import { identities } from "./certificate-plan.ts";
import type { Identity } from "./certificate-plan.ts";

// They play kubelets, node agents and controllers of every kind at once; a narrower role would only list everything.
const administrators = ["kwok", "simulators"] as const satisfies readonly Identity[];

/** The bindings that give the lab's own processes their rights. */
export const grants: readonly AnyObject[] = administrators.map((identity) => ({
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "ClusterRoleBinding",
  metadata: { name: identities[identity].commonName },
  roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
  subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: identities[identity].commonName }],
}));

/** Lays the bindings down as the administrator; nothing happens when they are there already. */
export async function applyGrants(kubeconfig: string): Promise<void> {
  const config = loadKubeConfig({ file: kubeconfig });
  try {
    const client = new ClusterClient(config);
    await Promise.all(grants.map((grant) => client.apply(grant, { fieldManager: "kasm-vdi-lab", force: true })));
  } finally {
    await config.close();
  }
}
