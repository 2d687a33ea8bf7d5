import { isWorkload, podsOf } from "../pods.ts";
import type { ResourceRule } from "../rule.ts";
import { field } from "../value.ts";

export const hardening: ResourceRule = {
  name: "containers-are-hardened",
  description:
    "Containers run as another user than root, on a read-only root file system, without more rights than they start with",
  why: "What breaks into such a container finds nothing to write to and no way up.",
  fix: "Set runAsNonRoot: true (pod or container), readOnlyRootFilesystem: true and allowPrivilegeEscalation: false; mount an emptyDir where the program writes.",
  level: "advisory",
  *check(resource) {
    if (!isWorkload(resource)) return;
    for (const { spec: pod, containers } of podsOf(resource))
      for (const { title, spec } of containers) {
        const setting = (key: string) => field(spec, "securityContext", key);
        const runAsNonRoot = setting("runAsNonRoot") ?? field(pod, "securityContext", "runAsNonRoot");
        const missing = [
          ...(runAsNonRoot === true ? [] : ["runAsNonRoot: true"]),
          ...(setting("readOnlyRootFilesystem") === true ? [] : ["readOnlyRootFilesystem: true"]),
          ...(setting("allowPrivilegeEscalation") === false ? [] : ["allowPrivilegeEscalation: false"]),
        ];
        if (missing.length > 0) yield `${title} lacks ${missing.join(", ")}`;
      }
  },
};
