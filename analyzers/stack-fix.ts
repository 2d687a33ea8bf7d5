import type { Fix } from "./finding.ts";

/**
 * What the stack has made and somebody has deleted. The engine compares with its state, not with the cluster, unless it is told to
 * look.
 */
export function remadeByStack(text = "Have it made again by the stack that the cluster belongs to."): Fix {
  return { text, command: "pulumi up --refresh", risk: "manual" };
}

/**
 * What the stack has made and somebody has changed: the API server takes the changed fields for theirs, and refuses the stack's unless it is
 * told to take them back.
 */
export function restoredByStack(what: string): Fix {
  return {
    text: `Put ${what} back by the stack that the cluster belongs to: --refresh has it see what was changed by hand, and the variable lets it take the fields back.`,
    command: "PULUMI_K8S_ENABLE_PATCH_FORCE=true pulumi up --refresh",
    risk: "manual",
  };
}
