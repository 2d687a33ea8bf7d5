/** Levels of Pod Security, strictest first. */
export type PodSecurityLevel = "restricted" | "baseline" | "privileged";

/**
 * Arguments of a Namespace whose pods have to meet `level`. The API server also warns about what the strictest level
 * would refuse, where that is another one and still in reach.
 */
export function namespaceArgs(name: string, level: PodSecurityLevel) {
  return {
    metadata: {
      name,
      labels: {
        "pod-security.kubernetes.io/enforce": level,
        ...(level === "baseline" && { "pod-security.kubernetes.io/warn": "restricted" }),
      },
    },
  };
}
