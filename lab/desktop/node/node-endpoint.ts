import type { AnyObject, ClusterClient } from "../../../kube/client.ts";

interface NodeStatus {
  addresses?: { type: string; address: string }[];
}

/** The node's status by which the API server finds this process: a name on loopback, and a port. */
export function endpointStatus({ status }: AnyObject, port: number) {
  const { addresses = [] } = (status ?? {}) as NodeStatus;
  return {
    addresses: [
      ...addresses.filter(({ type }) => type !== "InternalDNS"),
      { type: "InternalDNS", address: "localhost" },
    ],
    daemonEndpoints: { kubeletEndpoint: { Port: port } },
  };
}

/** Nodes whose desktops this process runs, and whose logs it has. */
export class NodeEndpoint {
  readonly #client: ClusterClient;
  readonly #port: number;
  readonly #told = new Set<string>();

  constructor(client: ClusterClient, port: number) {
    this.#client = client;
    this.#port = port;
  }

  /** Says so once for a node. */
  async announce(name: string): Promise<void> {
    if (this.#told.has(name)) return;
    this.#told.add(name);
    const key = { apiVersion: "v1", kind: "Node", metadata: { name } };
    const node = await this.#client.get(key);
    if (node) await this.#client.mergePatchStatus({ ...key, status: endpointStatus(node, this.#port) }, "kubelet");
  }
}
