/** What a pod, or a node, asks for or has: CPU in thousandths of a core, memory in MiB. */
export interface Demand {
  readonly cpuMillis: number;
  readonly memoryMiB: number;
}

export const none: Demand = { cpuMillis: 0, memoryMiB: 0 };

export function plus(a: Demand, b: Demand): Demand {
  return { cpuMillis: a.cpuMillis + b.cpuMillis, memoryMiB: a.memoryMiB + b.memoryMiB };
}

export function times(one: Demand, count: number): Demand {
  return { cpuMillis: one.cpuMillis * count, memoryMiB: one.memoryMiB * count };
}

/** The larger of both, each resource by itself. */
export function larger(a: Demand, b: Demand): Demand {
  return { cpuMillis: Math.max(a.cpuMillis, b.cpuMillis), memoryMiB: Math.max(a.memoryMiB, b.memoryMiB) };
}

/**
 * What the scheduler counts for a pod: init containers run one after the other, before the main ones, so the pod needs
 * the larger of the largest init container and the sum of the main ones (kubernetes: "Resource sharing within containers").
 */
export function podDemand(main: readonly Demand[], init: readonly Demand[] = []): Demand {
  return larger(main.reduce(plus, none), init.reduce(larger, none));
}

/** How often a demand fits into what is left. */
export function fittingCopies(free: Demand, one: Demand): number {
  return Math.max(0, Math.floor(Math.min(free.cpuMillis / one.cpuMillis, free.memoryMiB / one.memoryMiB)));
}

/**
 * Places pods on nodes as the scheduler does by default: each on the node with most room left.
 *
 * @returns what is left on each node, in their order; undefined where a pod finds none
 */
export function placed(pods: readonly Demand[], nodes: readonly Demand[]): Demand[] | undefined {
  const left = [...nodes];
  for (const pod of pods.toSorted((a, b) => b.cpuMillis - a.cpuMillis)) {
    const fitting = left.map((_, index) => index).filter((index) => fittingCopies(left[index] ?? none, pod) > 0);
    const roomiest = fitting.toSorted((a, b) => (left[b]?.cpuMillis ?? 0) - (left[a]?.cpuMillis ?? 0))[0];
    if (roomiest === undefined) return undefined;
    left[roomiest] = plus(left[roomiest] ?? none, times(pod, -1));
  }
  return left;
}

/** A Kubernetes quantity in the units of {@link Demand}: `500m` and `2` cores, `512Mi` and `4Gi`. */
export function demandOf(cpu: string, memory: string): Demand {
  const cpuMillis = cpu.endsWith("m") ? Number(cpu.slice(0, -1)) : Number(cpu) * 1000;
  const [, amount = "", unit = ""] = /^(\d+)(Mi|Gi)$/.exec(memory) ?? [];
  return { cpuMillis, memoryMiB: Number(amount) * (unit === "Gi" ? 1024 : 1) };
}
