import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { expect } from "chai";
import type { ClusterClient } from "../../kube/client.ts";

const kinds = [
  ["v1", "Namespace"],
  ["v1", "PersistentVolume"],
  ["storage.k8s.io/v1", "StorageClass"],
  ["apiextensions.k8s.io/v1", "CustomResourceDefinition"],
  ["rbac.authorization.k8s.io/v1", "ClusterRole"],
  ["rbac.authorization.k8s.io/v1", "ClusterRoleBinding"],
  ["admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy"],
  ["admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicyBinding"],
  ["scheduling.k8s.io/v1", "PriorityClass"],
  ["helm.cattle.io/v1", "HelmChartConfig"],
] as const;

/** What a removed platform could leave behind: objects outside of namespaces, and namespaces, as `KIND NAME`. */
export async function clusterObjects(client: ClusterClient): Promise<string[]> {
  const named = await Promise.all(
    kinds.map(async ([apiVersion, kind]) => {
      const objects = await client.list(apiVersion, kind);
      return objects.map(({ metadata }) => `${kind} ${metadata?.name ?? ""}`);
    }),
  );
  return named.flat().sort();
}

/** Expects these {@link clusterObjects}, soon: a provisioner deletes volumes only after their claims are gone. */
export async function settlesAt(client: ClusterClient, expected: readonly string[]): Promise<void> {
  const wanted = expected.toSorted();
  const deadline = Date.now() + 60_000;
  let seen = await clusterObjects(client);
  while (!isDeepStrictEqual(seen, wanted) && Date.now() < deadline) {
    await sleep(1000);
    seen = await clusterObjects(client);
  }
  expect(seen).to.deep.equal(wanted);
}
