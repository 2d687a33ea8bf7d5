import type { V1Pod } from "@kubernetes/client-node";
import { podProblem } from "../pod-problem.ts";
import { condition } from "../readiness.ts";
import type { ReadinessRule } from "../readiness.ts";
import type { Plain } from "../plain.ts";

/** Ready, or already succeeded. A failed Pod never starts again. */
export const pod: ReadinessRule = {
  readiness({ live }) {
    const phase = (live as Plain<V1Pod>).status?.phase ?? "Pending";
    if (phase === "Succeeded" || condition(live, "Ready")?.status === "True") return { done: true, message: phase };
    const problem = podProblem(live);
    if (phase === "Failed") return { done: false, failed: problem ?? "[Failed] no reason given" };
    const steps = [
      ["PodScheduled", "scheduled"],
      ["Initialized", "initialized"],
      ["Ready", "ready"],
    ] as const;
    const next = steps.find(([type]) => condition(live, type)?.status !== "True")?.[1] ?? "ready";
    return {
      done: false,
      message: [`Waiting for Pod to be ${next}`, ...(problem ? [problem] : [])].join("; "),
      reasons: [problem ?? `${phase}, not ${next}`],
    };
  },
};
