import type { ClusterClient } from "../../../../kube/client.ts";

/** What the provider's configuration means for releases. */
export interface HelmSettings {
  /** Its kubeconfig is also helm's. */
  client: ClusterClient;
  /** Namespace of releases that name none. */
  namespace: string;
  /** Why the cluster cannot be reached, when it cannot. */
  unreachable?: string;
}
