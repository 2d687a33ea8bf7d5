import { listed } from "../../kube/sentences.ts";
import type { Placement } from "./placement.ts";
import type { NodeRefusal } from "./scheduler-verdict.ts";

/** The node of a volume that cannot be used from another one. */
export interface VolumePlace {
  readonly node: string;
  /** It is not in the cluster any more. */
  readonly isGone: boolean;
  /** `claim kasm/db lies on k3s-2, which is gone` */
  readonly text: string;
  /** The GPU resource that it does not have at all. */
  readonly lacks?: string;
}

/** Whether a pod can run on one node alone, because of its volume, and why it is not there. */
export function volumeElsewhere({ volumePlace }: Placement, refusals: readonly NodeRefusal[]) {
  if (!refusals.some(({ why }) => why === "volume-elsewhere")) return undefined;
  const rest = refusals.filter(({ why }) => why !== "volume-elsewhere").map(({ text }) => text);
  const isGone = volumePlace?.isGone ?? rest.length === 0;
  const because = isGone ? "that node is gone" : `the rest is out of question (${listed(rest)})`;
  return {
    code: "VolumeOnOtherNode" as const,
    problem: `A volume lies on one node, and only there the pod can run, but ${volumePlace?.text ?? because}.`,
    remedy: volumeRemedy(volumePlace, isGone),
  };
}

/** As long as the node is there, so are the files: nothing is deleted. */
function volumeRemedy(place: VolumePlace | undefined, isGone: boolean): string {
  if (place?.lacks !== undefined)
    return `Use a template that needs no ${place.lacks} with this volume, or copy its files to a new one that is made on a node that has ${place.lacks}.`;
  return isGone
    ? "Bring that node back; a volume that may be lost can be deleted, and is made anew elsewhere."
    : `Make room on ${place?.node ?? "that node"}, or mend what keeps the pod off it. Keep the claim: its files are there alone.`;
}
