import { BlockList, isIPv4 } from "node:net";
import { deviceConfigLabel, gpuCount, nodeCount } from "../components/capacity/node-pool.ts";
import type { NodePool } from "../components/capacity/node-pool.ts";
import { peerProblem } from "../components/turn-server/config.ts";
import type { ConfigProblem } from "./config.problems.ts";
import { problem, repeated } from "./config.rule.ts";
import type { Rule } from "./config.rule.ts";
import type { RawConfig } from "./config.schema.ts";

/** Rules about nodes, addresses and namespaces. */
export const clusterRules: readonly Rule[] = [
  {
    about: ["nodeCount", "nodePools"],
    check: (raw, { pools }) => addsUp("nodeCount", raw, nodeCount(pools), pools, (pool) => `${pool.count}`),
  },
  {
    about: ["gpuCount", "nodePools"],
    check: (raw, { pools }) =>
      addsUp("gpuCount", raw, gpuCount(pools), pools, (pool) => `${pool.count} x ${pool.gpusPerNode}`),
  },
  {
    about: ["nodePools"],
    check: ({ nodePools = [] }) =>
      repeated(
        nodePools.map(({ name }) => name),
        (index, first) =>
          problem(
            ["nodePools", index, "name"],
            `"${nodePools[first]?.name ?? ""}" is the name of nodePools[${first}] already`,
          ),
      ),
  },
  {
    about: ["nodePools"],
    check: ({ nodePools = [] }) =>
      nodePools.flatMap(({ labels }, index) =>
        deviceConfigLabel in labels
          ? [problem(["nodePools", index, "labels"], `${deviceConfigLabel} follows from replicasPerGpu; leave it out`)]
          : [],
      ),
  },
  {
    about: ["namespaces"],
    check: ({ namespaces }) => {
      const entries = Object.entries(namespaces);
      return repeated(
        entries.map(([, name]) => name),
        (index, first) =>
          problem(
            ["namespaces", entries[index]?.[0] ?? ""],
            `"${entries[index]?.[1] ?? ""}" is also namespaces.${entries[first]?.[0] ?? ""}; each part needs its own namespace`,
          ),
      );
    },
  },
  {
    about: ["namespaces"],
    check: ({ namespaces }) =>
      Object.entries(namespaces).flatMap(([key, name]) =>
        foreignNamespaces.has(name)
          ? [problem(["namespaces", key], `"${name}" belongs to Kubernetes; give the part a namespace of its own`)]
          : [],
      ),
  },
  { about: ["publicIPs"], check: ({ publicIPs }) => addressList(["publicIPs"], publicIPs) },
  {
    about: ["turn"],
    check: ({ turn: { allowedPeers } }) =>
      allowedPeers.flatMap((range, index) => {
        const mistake = peerProblem(range);
        return mistake === undefined ? [] : [problem(["turn", "allowedPeers", index], mistake)];
      }),
  },
  {
    about: ["turn", "publicIPs"],
    check: ({ publicIPs, turn: { nat, publicIPs: own = publicIPs } }) =>
      Object.entries(nat).flatMap(([address, reached]) =>
        own.includes(reached)
          ? []
          : [problem(["turn", "nat", address], `${reached} is not among turn.publicIPs, so no browser is sent there`)],
      ),
  },
  { about: ["turn"], check: ({ turn }) => addressList(["turn", "publicIPs"], turn.publicIPs ?? []) },
];

const foreignNamespaces = new Set(["default", "kube-system", "kube-public", "kube-node-lease"]);

function addsUp(
  key: "nodeCount" | "gpuCount",
  raw: RawConfig,
  sum: number,
  pools: readonly NodePool[],
  part: (pool: NodePool) => string,
): ConfigProblem[] {
  if (raw.nodePools === undefined || raw[key] === sum) return [];
  const parts = pools.map((pool) => `${pool.name} ${part(pool)}`).join(", ");
  return [problem([key], `${raw[key]}, but nodePools add up to ${sum} (${parts})`)];
}

const ownAddresses = new BlockList();
ownAddresses.addSubnet("127.0.0.0", 8);
ownAddresses.addSubnet("0.0.0.0", 8);
ownAddresses.addSubnet("169.254.0.0", 16);
ownAddresses.addAddress("::", "ipv6");
ownAddresses.addAddress("::1", "ipv6");
ownAddresses.addSubnet("fe80::", 10, "ipv6");

function addressList(path: readonly string[], addresses: readonly string[]): ConfigProblem[] {
  const unreachable = addresses.flatMap((ip, index) =>
    ownAddresses.check(ip, isIPv4(ip) ? "ipv4" : "ipv6")
      ? [problem([...path, index], `"${ip}" is no address that another machine can reach`)]
      : [],
  );
  const twice = repeated(addresses, (index) =>
    problem([...path, index], `"${addresses[index] ?? ""}" is in the list already`),
  );
  return [...unreachable, ...twice];
}
