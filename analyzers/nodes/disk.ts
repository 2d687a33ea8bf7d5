import type { Node } from "../../kube/kinds.ts";
import { counted, quoted } from "../../kube/sentences.ts";
import type { Analyzer } from "../analyzer.ts";
import type { Cluster } from "../cluster.ts";
import { conditionOf } from "../conditions.ts";
import { refOf } from "../finding.ts";
import type { Finding } from "../finding.ts";

/** Kubelets can free the space that they want for images (kubernetes/pkg/kubelet/images/image_gc_manager.go). */
export const nodeDisks: Analyzer = {
  area: "nodes",
  title: "Kubelets can free space for images",
  needs: ["Node", "Event"],
  analyze(cluster) {
    const { nodes } = cluster;
    return {
      checked: nodes.length > 0 ? counted(nodes.length, "node") : undefined,
      findings: nodes.flatMap((node) => finding(cluster, node)),
    };
  },
};

// The kubelet tries every 5 minutes: after two of them it has succeeded, or has no reason to say it again.
const recentMs = 11 * 60_000;

function finding(cluster: Cluster, node: Node): Finding[] {
  // The condition tells the same, and more.
  if (conditionOf(node, "DiskPressure")?.status === "True") return [];
  const event = cluster
    .eventsOf({ ...node, kind: "Node", metadata: { name: node.metadata.name } })
    .findLast(({ reason }) => reason === "FreeDiskSpaceFailed" || reason === "ImageGCFailed");
  if (!event || cluster.now - event.time > recentMs || !/\bfree\b|disk|usage/i.test(event.message)) return [];
  const object = refOf({ ...node, kind: "Node" });
  const { name } = node.metadata;
  return [
    {
      code: "NodeDiskFull",
      object,
      problem: `The disk of node ${name} fills up, and its kubelet finds no unused images to remove: ${quoted(event.message)}.`,
      evidence: [{ object, field: `event ${event.reason}`, value: quoted(event.message) }],
      fix: [
        {
          text: `See what else fills the disk of ${name} (volumes of local-path, logs), or enlarge it.`,
          command: "df -h; du -xsh /var/lib/rancher/k3s/storage /var/lib/rancher/k3s/agent/containerd /var/log",
          risk: "manual",
        },
      ],
    },
  ];
}
