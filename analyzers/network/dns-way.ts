import type { Pod } from "../../kube/kinds.ts";
import type { Cluster } from "../cluster.ts";
import { isPodOver } from "../containers/pod-progress.ts";
import { closedBy } from "./policy.ts";
import type { NetworkPolicy } from "./policy.ts";

/** The policies that keep a pod from the cluster's DNS; undefined where it may ask, or where no DNS server is to be seen. */
export function dnsClosedBy(cluster: Cluster, pod: Pod): NetworkPolicy[] | undefined {
  const servers = cluster.podsMatching("kube-system", { "k8s-app": "kube-dns" }).filter((it) => !isPodOver(it));
  const [server] = servers;
  return server && closedBy(cluster, { from: pod, to: server, protocol: "UDP", port: 53 });
}
