import type { Pod } from "../../kube/kinds.ts";

/** The port of a pod that has a name; undefined where none of its containers has it. */
export function portNamed({ spec }: Pod, name: string): number | undefined {
  const ports = (spec?.containers ?? []).flatMap(
    (it) => (it.ports ?? []) as { name?: string; containerPort: number }[],
  );
  return ports.find((it) => it.name === name)?.containerPort;
}
