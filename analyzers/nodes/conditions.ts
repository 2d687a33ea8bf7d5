import type { Node } from "../../kube/kinds.ts";
import { counted, quoted } from "../../kube/sentences.ts";
import type { Analyzer } from "../analyzer.ts";
import type { nodes } from "../catalog/nodes.ts";
import type { Cluster } from "../cluster.ts";
import { conditionOf, conditionText } from "../conditions.ts";
import type { Condition } from "../conditions.ts";
import { refOf } from "../finding.ts";
import type { Finding, Fix } from "../finding.ts";

/** Nodes run pods, as their kubelets and the node controller say. K3s's own condition EtcdIsVoter is no part of it. */
export const nodeConditions: Analyzer = {
  area: "nodes",
  title: "Nodes are ready and have room",
  needs: ["Node"],
  analyze(cluster) {
    const { nodes } = cluster;
    return {
      checked: nodes.length > 0 ? counted(nodes.length, "node") : undefined,
      findings: nodes.flatMap((node) => findingsAt(cluster, node)),
    };
  },
};

// A node that joins, or whose K3s restarts, is not ready for some seconds, and says so itself.
const graceSeconds = 60;

type NodeCode = keyof typeof nodes;

function findingsAt(cluster: Cluster, node: Node): Finding[] {
  const isLasting = (time: string | undefined) => time === undefined || cluster.isOlderThan(time, graceSeconds);
  const ready = conditionOf(node, "Ready");
  // The node controller has waited for its kubelet already: --node-monitor-grace-period.
  if (ready?.status === "Unknown") return [notReady(node, ready), ...cordoned(node)];
  if (!isLasting(node.metadata.creationTimestamp)) return [];
  const found: Finding[] = [];
  if (ready && ready.status !== "True" && isLasting(ready.lastTransitionTime)) found.push(notReady(node, ready));
  for (const [type, tell] of Object.entries(troubles)) {
    const condition = conditionOf(node, type);
    // A node that is not heard of has Unknown for all of them.
    if (condition?.status === "True") found.push(atCondition(node, condition, tell(node.metadata.name)));
  }
  return [...found, ...uninitialized(node), ...cordoned(node)];
}

function notReady(node: Node, ready: Condition): Finding {
  const { name } = node.metadata;
  const since = ready.lastTransitionTime === undefined ? "" : ` since ${ready.lastTransitionTime}`;
  const service = `systemctl status k3s k3s-agent; journalctl -u k3s -u k3s-agent --since -30min`;
  if (ready.status === "Unknown")
    return atCondition(node, ready, {
      code: "NodeUnreachable",
      problem: `Node ${name} is not heard of${since}: its kubelet does not report. Its pods count as they last were, and are moved away 5 minutes after that if they can be.`,
      fix: [
        {
          text: `Check that the machine ${name} is up, that K3s runs there, and that it reaches the API server.`,
          command: service,
          risk: "manual",
        },
      ],
    });
  return atCondition(node, ready, {
    code: "NodeNotReady",
    problem: `Node ${name} is not ready${since}. Its kubelet says: ${quoted(ready.message ?? ready.reason ?? "nothing")}.`,
    fix: [{ text: `Look at K3s on ${name}.`, command: service, risk: "manual" }],
  });
}

interface Verdict {
  readonly code: NodeCode;
  readonly problem: string;
  readonly fix: readonly Fix[];
}

/** Conditions that say what is wrong when they are True. */
const troubles: Readonly<Record<string, (name: string) => Verdict>> = {
  MemoryPressure: (name) => ({
    code: "NodeMemoryPressure",
    problem: `Node ${name} is short of memory: its kubelet ends pods, those above their requests first, and no new ones come.`,
    fix: [
      {
        text: `Find what takes the memory of ${name}, end or move it, or give the machine more. The taint memory-pressure goes by itself.`,
        command: `kubectl describe node ${name}; kubectl top pods --all-namespaces --sort-by=memory`,
        risk: "manual",
      },
    ],
  }),
  DiskPressure: (name) => ({
    code: "NodeDiskPressure",
    problem: `Node ${name} is short of disk: its kubelet removes images, ends pods, and no new ones come.`,
    fix: [
      {
        text: `Free space on ${name}. The taint disk-pressure goes by itself some minutes after that; taking it off changes nothing.`,
        command: `df -h /var/lib/rancher /var/lib/kubelet /var/log; k3s crictl rmi --prune`,
        risk: "manual",
      },
    ],
  }),
  PIDPressure: (name) => ({
    code: "NodePidPressure",
    problem: `Node ${name} is short of process ids: its kubelet ends pods, and no new ones come.`,
    fix: [
      {
        text: `Find what starts so many processes on ${name}, and end it.`,
        command: `ps -eLf | awk '{print $1, $10}' | sort | uniq -c | sort -rn | head`,
        risk: "manual",
      },
    ],
  }),
  NetworkUnavailable: (name) => ({
    code: "NodeNetworkUnavailable",
    problem: `Node ${name} has no network for pods.`,
    fix: [
      {
        text: `See what flannel says in K3s's log on ${name}: the interface, or UDP port 8472 (VXLAN) between nodes.`,
        command: `journalctl -u k3s -u k3s-agent | grep -i flannel | tail -20`,
        risk: "manual",
      },
    ],
  }),
};

function atCondition(node: Node, condition: Condition, { code, problem, fix }: Verdict): Finding {
  const object = refOf({ ...node, kind: "Node" });
  const field = `status.conditions[${condition.type}]`;
  return { code, object, problem, evidence: [{ object, field, value: quoted(conditionText(condition)) }], fix };
}

/** K3s's cloud controller takes the taint off once it has given the node its addresses. */
function uninitialized(node: Node): Finding[] {
  const key = "node.cloudprovider.kubernetes.io/uninitialized";
  if (!node.spec?.taints?.some((taint) => taint.key === key)) return [];
  const object = refOf({ ...node, kind: "Node" });
  return [
    {
      code: "NodeUninitialized",
      object,
      problem: `Node ${node.metadata.name} still has the taint ${key}, so that no pod comes: the cloud controller has not taken it up.`,
      evidence: [{ object, field: "spec.taints", value: key }],
      fix: [
        {
          text: "K3s's own cloud controller takes the taint off; one with --disable-cloud-controller needs another that does. See its words in K3s's log on a server.",
          command: `journalctl -u k3s | grep -i cloud | tail -20`,
          risk: "manual",
        },
      ],
    },
  ];
}

function cordoned(node: Node): Finding[] {
  if (node.spec?.unschedulable !== true) return [];
  const { name } = node.metadata;
  const object = refOf({ ...node, kind: "Node" });
  return [
    {
      code: "NodeCordoned",
      object,
      problem: `Node ${name} is cordoned: what runs there goes on, and nothing new comes.`,
      evidence: [{ object, field: "spec.unschedulable", value: "true" }],
      fix: [
        { text: "If the maintenance is over, let pods come again.", command: `kubectl uncordon ${name}`, risk: "safe" },
      ],
    },
  ];
}
