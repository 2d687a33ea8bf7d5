import { podsOf } from "../pods.ts";
import type { ResourceRule } from "../rule.ts";
import { field, isAbsent } from "../value.ts";

/** CPU beyond the request is taken back when another pod wants it; memory is not, so its limit is what counts most. */
export const containerResources: ResourceRule = {
  name: "containers-have-resources",
  description: "Every container requests CPU and memory and has a memory limit",
  why: "A container without them is placed where there is no room, and takes the node's memory from Kasm and the desktops.",
  fix: "Set resources.requests.cpu, resources.requests.memory and resources.limits.memory; init containers count too.",
  level: "mandatory",
  *check(resource) {
    yield* missing(resource, [
      ["requests", "cpu"],
      ["requests", "memory"],
      ["limits", "memory"],
    ]);
  },
};

export const containerCpuLimits: ResourceRule = {
  name: "containers-have-cpu-limits",
  description: "Every container has a CPU limit",
  why: "Without one a busy container slows down the streams of every desktop on its node.",
  fix: "Set resources.limits.cpu well above the request.",
  level: "advisory",
  *check(resource) {
    yield* missing(resource, [["limits", "cpu"]]);
  },
};

function* missing(resource: Parameters<typeof podsOf>[0], wanted: readonly (readonly string[])[]): Iterable<string> {
  for (const { title, spec } of podsOf(resource).flatMap(({ containers }) => containers)) {
    const absent = wanted.filter((path) => isAbsent(field(spec, "resources", ...path)));
    if (absent.length > 0) yield `${title} has no ${absent.map((path) => `resources.${path.join(".")}`).join(", ")}`;
  }
}
