import type { ResourceRule } from "../rule.ts";

export const retainedPatches: ResourceRule = {
  name: "patches-are-retained",
  description: "A patch of somebody else's object is left in place when it is deleted from the stack",
  why: "Deleting a patch removes its fields instead of restoring what was there: local-path-config loses `setup`, and no volume can be made until K3s restarts.",
  fix: "Set retainOnDelete: true on the resource.",
  level: "mandatory",
  isForTestsOnly: true,
  *check({ type, retainOnDelete }) {
    if (type.startsWith("kubernetes:") && type.endsWith("Patch") && retainOnDelete === false)
      yield "it is not retained";
  },
};
