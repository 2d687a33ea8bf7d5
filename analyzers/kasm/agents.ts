import { podRef } from "../containers/pod-facts.ts";
import { counted, quoted } from "../../kube/sentences.ts";
import { untrusted } from "../../kube/untrusted-text.ts";
import type { Analyzer } from "../analyzer.ts";
import type { Cluster } from "../cluster.ts";
import { refText } from "../finding.ts";
import type { Finding } from "../finding.ts";

/** What Kasm's manager and API say when a session is asked for and no agent can take it. */
const noAgent = "No resources are available";

/**
 * Kasm without agents: no fault of the cluster, and nothing that the API server shows. Told only where Kasm itself says that
 * a session found none.
 */
export const kasmAgents: Analyzer = {
  area: "kasm",
  title: "Kasm finds agents for its sessions",
  needs: ["Pod"],
  analyze(cluster) {
    const { logs } = cluster.snapshot;
    const parts = cluster.pods.filter(({ metadata }) => {
      const component = metadata.labels?.["app.kubernetes.io/component"] ?? "";
      return (component === "api" || component === "manager") && logs.some(({ pod }) => pod === metadata.name);
    });
    const [finding] = parts.flatMap((pod) => findingAt(cluster, podRef(pod)) ?? []);
    return {
      checked: parts.length > 0 ? counted(parts.length, "log") : undefined,
      findings: finding ? [finding] : [],
    };
  },
};

function findingAt(cluster: Cluster, object: ReturnType<typeof podRef>): Finding | undefined {
  const line = cluster.snapshot.logs
    .filter(({ pod, namespace }) => pod === object.name && namespace === object.namespace)
    .flatMap(({ text }) => untrusted(text).split("\n"))
    .findLast((it) => it.includes(noAgent));
  if (line === undefined) return undefined;
  return {
    code: "KasmAgentsMissing",
    object,
    problem: `${refText(object)} found no agent for a session. The chart brings no agents, and new ones are disabled until somebody enables them.`,
    evidence: [{ object, field: "log", value: quoted(line) }],
    fix: [
      {
        text: "Add an agent (kasm-vdi:kasm.agents, docs/components/kasm-agents.md), and enable it in Kasm under Infrastructure > Docker Agents.",
        risk: "manual",
      },
    ],
  };
}
