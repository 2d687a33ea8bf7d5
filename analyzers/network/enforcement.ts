import { listed } from "../../kube/sentences.ts";
import type { Analyzer } from "../analyzer.ts";
import { refOf } from "../finding.ts";

/** K3s says on each node how it was started; `--disable-network-policy` takes away what enforces NetworkPolicies. */
const argsAnnotation = "k3s.io/node-args";

/** Network plugins that enforce NetworkPolicies themselves, by their DaemonSets. */
const enforcers = /^(?:calico-node|cilium|antrea-agent|kube-router|canal|weave-net|kube-ovn-cni)$/;

export const policyEnforcement: Analyzer = {
  area: "nodes",
  title: "NetworkPolicies are enforced",
  needs: ["Node", "NetworkPolicy", "DaemonSet"],
  analyze(cluster) {
    const policies = cluster.all("NetworkPolicy");
    const without = cluster.nodes.filter(({ metadata }) =>
      /"--disable-network-policy(?:=true)?"(?!,"false")/.test(metadata.annotations?.[argsAnnotation] ?? ""),
    );
    const [first] = without;
    const isEnforced = cluster.all("DaemonSet").some(({ metadata }) => enforcers.test(metadata?.name ?? ""));
    return {
      checked: policies.length === 0 ? undefined : `${policies.length} of NetworkPolicy`,
      findings:
        policies.length === 0 || first === undefined || isEnforced
          ? []
          : [
              {
                code: "NetworkPolicyNotEnforced",
                object: refOf({ ...first, kind: "Node" }),
                problem: `K3s runs with --disable-network-policy on ${listed(without.map(({ metadata }) => metadata.name))}, and nothing else enforces the ${policies.length} NetworkPolicies of the cluster: namespaces that look closed are open.`,
                evidence: without.slice(0, 3).map((node) => ({
                  object: refOf({ ...node, kind: "Node" }),
                  field: `metadata.annotations[${argsAnnotation}]`,
                  value: "--disable-network-policy",
                })),
                fix: [
                  {
                    text: "Start K3s without --disable-network-policy, or install a network plugin that enforces policies, such as Calico or Cilium.",
                    command: "grep -rn disable-network-policy /etc/rancher/k3s/ /etc/systemd/system/k3s.service",
                    risk: "manual",
                  },
                ],
              },
            ],
    };
  },
};
