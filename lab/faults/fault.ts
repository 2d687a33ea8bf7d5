import type { ClusterClient } from "../../kube/client.ts";
import type { LabLayout } from "../cluster/layout.ts";

/** What a fault is made on. */
export interface FaultContext {
  readonly client: ClusterClient;
  readonly layout: LabLayout;
  readonly namespaces: Readonly<Record<"kasm" | "vdi" | "operator", string>>;
}

/** A known failure that can be provoked on the lab, and undone. Both may be done twice. */
export interface Fault {
  /** What goes wrong then, for who chooses. */
  readonly description: string;
  readonly breaks: (context: FaultContext) => Promise<void>;
  readonly mends: (context: FaultContext) => Promise<void>;
}

/** Several faults that belong together: broken in their order, mended from the last to the first. */
export function together(description: string, ...parts: readonly Omit<Fault, "description">[]): Fault {
  return {
    description,
    async breaks(context) {
      for (const part of parts) await part.breaks(context);
    },
    async mends(context) {
      for (const part of parts.toReversed()) await part.mends(context);
    },
  };
}
