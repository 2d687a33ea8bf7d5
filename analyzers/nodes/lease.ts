import { counted } from "../../kube/sentences.ts";
import type { AnyObject } from "../../kube/object.ts";
import type { Analyzer } from "../analyzer.ts";
import { conditionOf } from "../conditions.ts";
import { refOf } from "../finding.ts";

// Kubelets renew each 10 s; after 50 s without it the node controller calls the node Unknown (--node-monitor-grace-period).
const staleMs = 90_000;

/**
 * Kubelets renew the Leases of their nodes. One that stopped while the node still counts as ready is about to be lost, or the
 * node controller itself stands still. Ages are told by the newest Lease, so that a snapshot's own time does not matter.
 */
export const nodeLeases: Analyzer = {
  area: "nodes",
  title: "Kubelets renew the Leases of their nodes",
  needs: ["Node", "Lease"],
  analyze(cluster) {
    const leases = cluster.all("Lease");
    const newest = Math.max(...leases.map(renewed), 0);
    const held = cluster.nodes.flatMap((node) => {
      const lease = cluster.get("Lease", node.metadata.name, "kube-node-lease");
      return lease ? [{ node, lease }] : [];
    });
    const stale = held.filter(
      ({ node, lease }) =>
        renewed(lease) > 0 && newest - renewed(lease) > staleMs && conditionOf(node, "Ready")?.status === "True",
    );
    return {
      checked: held.length > 0 ? counted(held.length, "Lease") : undefined,
      findings: stale.map(({ node, lease }) => ({
        code: "NodeLeaseStale",
        object: refOf({ ...node, kind: "Node" }),
        problem:
          `The kubelet of ${node.metadata.name} last renewed its Lease ${Math.round((newest - renewed(lease)) / 1_000)} s before others did theirs, ` +
          `and the node still counts as ready: either it is about to be lost, or the controller manager does not look.`,
        evidence: [{ object: refOf(lease), field: "spec.renewTime", value: new Date(renewed(lease)).toISOString() }],
        fix: [
          {
            text: `Look at K3s on ${node.metadata.name}; if it is well, at the K3s servers.`,
            command: "systemctl status k3s k3s-agent",
            risk: "manual",
          },
        ],
      })),
    };
  },
};

function renewed(lease: AnyObject): number {
  const { renewTime = "" } = (lease["spec"] ?? {}) as { renewTime?: string };
  return Date.parse(renewTime) || 0;
}
