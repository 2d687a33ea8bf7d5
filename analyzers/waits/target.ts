import type { Cluster } from "../cluster.ts";
import type { ObjectRef } from "../finding.ts";

/**
 * The Service that a host name stands for, as a pod of a namespace resolves it; undefined for names and addresses outside of
 * the cluster. `kasm-db`, `kasm-db.kasm`, `kasm-db.kasm.svc`, `kasm-db.kasm.svc.cluster.local`
 */
export function serviceOf(cluster: Cluster, host: string, namespace: string): ObjectRef | undefined {
  if (/^[\d.]+$/.test(host) || host.includes(":")) return undefined;
  const [name = "", second, third] = host.replace(/\.$/, "").split(".");
  if (second === undefined) return { kind: "Service", namespace, name };
  // `db.example` is a name of either kind.
  const isService = third === "svc" || (third === undefined && cluster.get("Namespace", second) !== undefined);
  return isService ? { kind: "Service", namespace: second, name } : undefined;
}
