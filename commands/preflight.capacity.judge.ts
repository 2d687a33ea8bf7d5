import { check } from "./preflight.check.ts";
import type { Demand, Expectation, Finding, Snapshot } from "./preflight.check.ts";
import { nodeView } from "./preflight.node.ts";
import { podView } from "./preflight.pod.ts";

const MiB = 2 ** 20;

/** Is there room for Kasm's own services, and then for a desktop? */
export const capacityChecks = [
  check("room for Kasm", ["nodes", "pods"], ({ demand, namespaces }, seen) => {
    const wanted = sum(demand.kasm, demand.initJob);
    // Kasm's own pods are what the demand is about: on a later run they are there already.
    const free = freeOnNodes(seen, [namespaces["kasm"]]);
    const left = free.reduce(sum, none);
    if (fits(wanted, left)) return [];
    return [
      finding(
        `Kasm's services request ${told(demand.kasm)}, with the Job that fills their database ${told(wanted)}, ` +
          `and the ${free.length} that pods may use have ${told(left)} left`,
        "Add nodes, stop what else runs there, or set a smaller kasm-vdi:kasm.deploymentSize",
      ),
    ];
  }),

  check("room for a desktop", ["nodes", "pods"], ({ demand, namespaces }, seen) => {
    // Desktops that run already are no reason why none can.
    const free = freeOnNodes(seen, [namespaces["kasm"], namespaces["vdi"]]);
    const left = free.reduce(sum, none);
    const wanted = sum(demand.kasm, demand.desktop);
    const hasNode = free.some((node) => fits(demand.desktop, node));
    // What is short for Kasm alone is told above.
    if ((hasNode && fits(wanted, left)) || !fits(sum(demand.kasm, demand.initJob), left)) return [];
    const why = hasNode
      ? `Kasm's services request ${told(demand.kasm)} of the ${told(left)} that pods may use`
      : `no node has so much left; the largest has ${told(largestOf(free))}`;
    return [
      finding(
        `no desktop of the default template, which requests ${told(demand.desktop)}, can start: ${why}`,
        "Use larger nodes, or add one; where all templates of yours ask for less, set kasm-vdi:preflight.mode to warn",
      ),
    ];
  }),
];

function finding(problem: string, fix: string): Finding {
  return { level: "required", object: "nodes", problem, fix, maySettle: true };
}

/** What pods may still take of each node that is open to them. */
function freeOnNodes(
  { nodes, pods }: Pick<Snapshot, "nodes" | "pods">,
  without: readonly (Expectation["namespaces"][string] | undefined)[],
): Demand[] {
  const open = nodes.map(nodeView).filter(({ obstacles, taints }) => obstacles.length + taints.length === 0);
  const others = pods.map(podView).filter((pod) => !without.includes(pod.namespace) && !pod.isOver);
  return open.map((node) => {
    const here = others.filter(({ nodeName }) => nodeName === node.name);
    const free = (resource: string) =>
      node.allocatable(resource) - here.reduce((total, pod) => total + pod.request(resource), 0);
    // Requests add up in binary fractions: 0.1 + 0.2 cores must not fail at the last digit.
    return { cpuMillis: Math.round(free("cpu") * 1000), memoryMiB: free("memory") / MiB };
  });
}

const none: Demand = { cpuMillis: 0, memoryMiB: 0 };

function sum(a: Demand, b: Demand): Demand {
  return { cpuMillis: a.cpuMillis + b.cpuMillis, memoryMiB: a.memoryMiB + b.memoryMiB };
}

function fits(wanted: Demand, free: Demand): boolean {
  return wanted.cpuMillis <= free.cpuMillis && wanted.memoryMiB <= free.memoryMiB;
}

function largestOf(free: readonly Demand[]): Demand {
  return free.reduce((most, node) => (node.cpuMillis > most.cpuMillis ? node : most), none);
}

/** `2.05 cores and 2.25 GiB` */
function told({ cpuMillis, memoryMiB }: Demand): string {
  return `${rounded(cpuMillis / 1000)} cores and ${rounded(memoryMiB / 1024)} GiB`;
}

function rounded(value: number): number {
  return Number(value.toFixed(2));
}
