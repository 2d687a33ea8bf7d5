import { check, namesOf } from "./check.ts";
import type { ExpectedPool, Finding } from "./check.ts";
import { nodeView } from "./node.ts";
import type { NodeView } from "./node.ts";

// A machine sold with 4 GB shows less: firmware, kernel and file system keep some of it.
const shown = 0.9;

const sizes = [
  { resource: "cpu", what: "cores", unit: 1, least: 2, better: 4, tolerance: 1 },
  { resource: "memory", what: "GB of memory", unit: 1e9, least: 4, better: 8, tolerance: shown },
  { resource: "ephemeral-storage", what: "GB of disk", unit: 1e9, least: 50, better: 100, tolerance: shown },
];

/** Are there enough nodes, are they large enough, and do they look as the pools say? */
export const nodeChecks = [
  check("number of nodes", ["nodes"], ({ nodeCount }, seen) => {
    const nodes = seen.nodes.map(nodeView);
    const blocked = nodes.filter(({ obstacles }) => obstacles.length > 0);
    const usable = nodes.length - blocked.length;
    const reasons = namesOf(blocked.map(({ name, obstacles }) => `${name} (${obstacles.join(", ")})`));
    const findings: Finding[] = [];
    if (usable < nodeCount)
      findings.push({
        level: "required",
        object: "nodes",
        problem: `${usable} of ${nodeCount} can be used${reasons && `; not ${reasons}`}`,
        fix: "Join the missing ones to the cluster and mend or uncordon the others, or lower kasm-vdi:nodeCount",
        maySettle: true,
      });
    else if (blocked.length > 0)
      findings.push({
        level: "recommended",
        object: "nodes",
        problem: `these cannot be used: ${reasons}`,
        fix: "Mend or uncordon them",
      });
    if (nodes.length > nodeCount)
      findings.push({
        level: "recommended",
        object: "nodes",
        problem: `the cluster has ${nodes.length}, kasm-vdi:nodeCount says ${nodeCount}`,
        fix: `Set it to ${nodes.length}: replicas and capacity follow from it`,
      });
    return findings;
  }),

  check("taints of nodes", ["nodes"], (_expected, seen) => {
    const tainted = seen.nodes.map(nodeView).filter(({ taints }) => taints.length > 0);
    if (tainted.length === 0) return [];
    const list = namesOf(tainted.map(({ name, taints }) => `${name} (${taints.join(", ")})`));
    return [
      {
        level: "recommended",
        object: "nodes",
        problem: `these are tainted, and Kasm's chart tolerates no taint: ${list}`,
        fix: "Keep the taint where Kasm should stay off, else remove it: kubectl taint node NAME KEY-",
      },
    ];
  }),

  check("size of nodes", ["nodes"], (_expected, seen) => {
    const nodes = seen.nodes.map(nodeView);
    return sizes.flatMap(({ resource, what, unit, least, better, tolerance }): Finding[] => {
      const silent = nodes.filter((node) => node.capacity(resource) === undefined).map(({ name }) => name);
      const known = nodes.map((node) => ({ name: node.name, size: (node.capacity(resource) ?? Infinity) / unit }));
      const tooSmall = known.filter(({ size }) => size < least * tolerance);
      const small = known.filter(({ size }) => size < better * tolerance && size >= least * tolerance);
      const finding = (level: Finding["level"], of: typeof known): Finding => ({
        level,
        object: "nodes",
        problem: `too few ${what}: ${namesOf(of.map(({ name, size }) => `${name} (${Number(size.toFixed(1))})`))}; the least is ${least}, ${better} are recommended`,
        fix: "Use larger machines",
      });
      return [
        ...(tooSmall.length > 0 ? [finding("required", tooSmall)] : []),
        ...(small.length > 0 ? [finding("recommended", small)] : []),
        ...(silent.length > 0 ? [untold(silent, resource)] : []),
      ];
    });
  }),

  check("architecture of nodes", ["nodes"], (_expected, seen) => {
    const others = seen.nodes.map(nodeView).filter(({ architecture }) => architecture !== "amd64");
    if (others.length === 0) return [];
    const list = namesOf(others.map(({ name, architecture }) => `${name} (${architecture || "unknown"})`));
    return [
      {
        level: "recommended",
        object: "nodes",
        problem: `these are not amd64, and the images of Kasm's workspaces are: ${list}`,
        fix: "Use amd64 machines for desktops",
      },
    ];
  }),

  check("labels of pools", ["nodes"], ({ pools }, seen) =>
    [...shortPools(pools, seen.nodes.map(nodeView))].map(([pool, found]) => {
      const labels = Object.entries(pool.labels).map(([key, value]) => `${key}=${value}`);
      return {
        level: "required",
        object: `pool ${pool.name}`,
        problem: `${found} of ${pool.count} nodes carry ${labels.join(" ")}`,
        fix: `Label them: kubectl label node NAME ${labels.join(" ")}, or K3s's --node-label`,
        maySettle: true,
      };
    }),
  ),

  check("nodes of the TURN server", ["nodes"], ({ turnLabels }, seen) => {
    const labels = Object.entries(turnLabels).map(([key, value]) => `${key}=${value}`);
    if (labels.length === 0 || seen.nodes.map(nodeView).some((node) => carries(node, turnLabels))) return [];
    return [
      {
        level: "required",
        object: "TURN server",
        problem: `no node carries ${labels.join(" ")}, so it would run nowhere`,
        fix: `Label the nodes that browsers can reach: kubectl label node NAME ${labels.join(" ")}`,
        maySettle: true,
      },
    ];
  }),
];

/** Pools with fewer nodes than they say, and how many they have. A node counts once, for the pool with most labels. */
function shortPools(pools: readonly ExpectedPool[], nodes: readonly NodeView[]): Map<ExpectedPool, number> {
  const left = new Set(nodes);
  const short = new Map<ExpectedPool, number>();
  const labelled = pools.filter(({ labels }) => Object.keys(labels).length > 0);
  for (const pool of labelled.toSorted((a, b) => Object.keys(b.labels).length - Object.keys(a.labels).length)) {
    const fitting = [...left].filter((node) => carries(node, pool.labels));
    const taken = fitting.slice(0, pool.count);
    for (const node of taken) left.delete(node);
    if (taken.length < pool.count) short.set(pool, taken.length);
  }
  return short;
}

function carries(node: NodeView, labels: Readonly<Record<string, string>>): boolean {
  return Object.entries(labels).every(([key, value]) => node.labels[key] === value);
}

function untold(names: readonly string[], resource: string): Finding {
  return {
    level: "unknown",
    object: "size of nodes",
    problem: `no ${resource} is told by ${namesOf(names)}`,
    fix: "Is K3s running there?",
  };
}
