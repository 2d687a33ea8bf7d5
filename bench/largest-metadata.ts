import type { ObjectMeta } from "../kube/object.ts";

/** As much metadata as admission lets an object of ours have (components/vdi-operator/admission.ts), in letters of 4 bytes. */
export function largestMetadata(): Pick<ObjectMeta, "annotations" | "labels" | "finalizers"> {
  const named = (count: number, value: string) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [keyOf(index), value]));
  return {
    annotations: named(64, "𝔸".repeat(16_384 / 64)),
    labels: named(32, "v".repeat(63)),
    finalizers: Array.from({ length: 32 }, (_, index) => keyOf(index)),
  };
}

/** 253 letters of a domain, a slash and 63 of a name. */
function keyOf(index: number): string {
  return `${`${"d".repeat(61)}.`.repeat(4)}ddd.e/${String(index).padStart(63, "k")}`;
}
