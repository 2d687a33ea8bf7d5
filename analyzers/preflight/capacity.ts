import { check } from "./check.ts";
import { nodeView } from "./node.ts";
import { podView } from "./pod.ts";

const MiB = 2 ** 20;

/** Is there room for Kasm's own services? */
export const capacityChecks = [
  check("room for Kasm", ["nodes", "pods"], ({ kasmDemand, namespaces }, seen) => {
    const open = seen.nodes.map(nodeView).filter(({ obstacles, taints }) => obstacles.length + taints.length === 0);
    const names = new Set(open.map(({ name }) => name));
    const others = seen.pods
      .map(podView)
      // Kasm's own pods are what the demand is about: on a later run they are there already.
      .filter((pod) => pod.namespace !== namespaces["kasm"] && !pod.isOver)
      .filter((pod) => names.has(pod.nodeName));
    const free = (resource: string) =>
      open.reduce((sum, node) => sum + node.allocatable(resource), 0) -
      others.reduce((sum, pod) => sum + pod.request(resource), 0);
    const cores = free("cpu");
    const memoryMiB = free("memory") / MiB;
    // Requests add up in binary fractions: 0.1 + 0.2 cores must not fail at the last digit.
    if (Math.round(cores * 1000) >= kasmDemand.cpuMillis && memoryMiB >= kasmDemand.memoryMiB) return [];
    return [
      {
        level: "required",
        object: "nodes",
        problem:
          `Kasm's services request ${rounded(kasmDemand.cpuMillis / 1000)} cores and ${rounded(kasmDemand.memoryMiB / 1024)} GiB, ` +
          `and the ${open.length} that pods may use have ${rounded(cores)} cores and ${rounded(memoryMiB / 1024)} GiB left`,
        fix: "Add nodes, stop what else runs there, or set a smaller kasm-vdi:kasm.deploymentSize",
        maySettle: true,
      },
    ];
  }),
];

function rounded(value: number): number {
  return Number(value.toFixed(2));
}
