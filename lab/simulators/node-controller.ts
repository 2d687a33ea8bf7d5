import type { AnyObject, ClusterClient } from "../../kube/client.ts";
import { serverName } from "../k3s/nodes.ts";
import type { ClusterView } from "./cluster-view.ts";
import type { Simulator } from "./simulator.ts";

const finalizer = "wrangler.cattle.io/node";
const manager = `k3s-supervisor@${serverName}`;

/**
 * Plays K3s's node controller (k3s-io/k3s: pkg/node): every node has its finalizer until it is deleted, and CoreDNS's
 * ConfigMap lists the addresses of nodes.
 */
export function nodeControllerSimulator(client: ClusterClient, view: ClusterView): Simulator {
  return {
    name: "node-controller",
    reads: ["nodes", "configMaps"],
    async reconcile() {
      const nodes = view.all("nodes");
      const patches = nodes.map(finalizerPatch).filter((patch) => patch !== undefined);
      await Promise.all([...patches.map((patch) => client.strategicMergePatch(patch, manager)), tellHosts(nodes)]);
    },
  };

  async function tellHosts(nodes: readonly AnyObject[]): Promise<void> {
    const config = view
      .all("configMaps")
      .find(({ metadata }) => metadata?.namespace === "kube-system" && metadata.name === "coredns");
    const hosts = nodeHosts(nodes);
    if (!config || (config.data as Record<string, string>)["NodeHosts"] === hosts) return;
    const metadata = { name: "coredns", namespace: "kube-system" };
    await client.mergePatch({ apiVersion: "v1", kind: "ConfigMap", metadata, data: { NodeHosts: hosts } }, manager);
  }
}

/** What a node lacks or has too much of: the finalizer, while it lives and after. */
export function finalizerPatch({ metadata }: AnyObject): AnyObject | undefined {
  const isGoing = metadata?.deletionTimestamp !== undefined;
  const isHeld = metadata?.finalizers?.includes(finalizer) ?? false;
  if (isGoing !== isHeld) return undefined;
  const key = isGoing ? "$deleteFromPrimitiveList/finalizers" : "finalizers";
  return { apiVersion: "v1", kind: "Node", metadata: { name: metadata?.name ?? "", [key]: [finalizer] } };
}

/** The hosts file of nodes for CoreDNS: a line each, by address. */
export function nodeHosts(nodes: readonly AnyObject[]): string {
  return nodes
    .filter(({ metadata }) => metadata?.deletionTimestamp === undefined)
    .flatMap(({ metadata, status }) => {
      const { addresses = [] } = (status ?? {}) as { addresses?: { type: string; address: string }[] };
      const address = addresses.find(({ type }) => type === "InternalIP")?.address;
      return address === undefined ? [] : [{ address, name: metadata?.name ?? "" }];
    })
    .sort((one, other) => one.address.localeCompare(other.address, undefined, { numeric: true }))
    .map(({ address, name }) => `${address} ${name}\n`)
    .join("");
}
