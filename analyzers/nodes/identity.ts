import type { Node } from "../../kube/kinds.ts";
import { counted, listed } from "../../kube/sentences.ts";
import type { Analyzer } from "../analyzer.ts";
import { refOf } from "../finding.ts";
import type { Finding } from "../finding.ts";

/** Each node is a machine of its own: virtual machines that were cloned share an address or a machine id. */
export const nodeIdentity: Analyzer = {
  area: "nodes",
  title: "Nodes have addresses and machine ids of their own",
  needs: ["Node"],
  analyze({ nodes }) {
    return {
      checked: nodes.length > 1 ? counted(nodes.length, "node") : undefined,
      findings: [...shared(nodes, addresses, "address"), ...shared(nodes, machineId, "machine id")],
    };
  },
};

interface NodeStatus {
  addresses?: { type: string; address: string }[];
  nodeInfo?: { machineID?: string };
}

function addresses({ status }: Node): string[] {
  const { addresses = [] } = (status ?? {}) as NodeStatus;
  return addresses.filter(({ type }) => type === "InternalIP").map(({ address }) => address);
}

function machineId({ status }: Node): string[] {
  const { machineID = "" } = ((status ?? {}) as NodeStatus).nodeInfo ?? {};
  return machineID === "" ? [] : [machineID];
}

function shared(nodes: readonly Node[], of: (node: Node) => string[], what: "address" | "machine id"): Finding[] {
  const holders = new Map<string, Node[]>();
  for (const node of nodes) for (const value of of(node)) holders.set(value, [...(holders.get(value) ?? []), node]);
  return [...holders].flatMap(([value, [first, ...others]]) =>
    first && others.length > 0 ? [finding(first, others, what, value)] : [],
  );
}

function finding(first: Node, others: readonly Node[], what: "address" | "machine id", value: string): Finding {
  const names = [first, ...others].map(({ metadata }) => metadata.name);
  const field = what === "address" ? "status.addresses[InternalIP]" : "status.nodeInfo.machineID";
  const refs = [first, ...others].map((node) => refOf({ ...node, kind: "Node" }));
  return {
    code: "NodeIdentityShared",
    object: refOf({ ...first, kind: "Node" }),
    problem:
      `Nodes ${listed(names)} have the same ${what} ${value}` +
      (what === "address"
        ? ": traffic for pods of one ends at the other."
        : ": the machines are copies of each other, and may also share a host name or addresses given by DHCP."),
    evidence: refs.map((object) => ({ object, field, value })),
    fix: [
      what === "address"
        ? {
            text: `Give each of ${listed(names)} an address of its own (node-ip in /etc/rancher/k3s/config.yaml).`,
            risk: "manual",
          }
        : {
            text: `Give the copy a machine id of its own, and restart it.`,
            command: "rm /etc/machine-id && systemd-machine-id-setup && reboot",
            risk: "manual",
          },
    ],
  };
}
