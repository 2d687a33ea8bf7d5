import { hostAccessExceptions } from "../exceptions.ts";
import type { HostAccess } from "../exceptions.ts";
import { podsOf, volumeSources } from "../pods.ts";
import type { Pod } from "../pods.ts";
import { componentOf } from "../resource.ts";
import type { ResourceRule } from "../rule.ts";
import { field, isAbsent, list } from "../value.ts";

export const hostAccess: ResourceRule = {
  name: "pods-stay-in-their-sandbox",
  description:
    "No pod is privileged or uses the node's file system, network, ports or processes, but for the listed ones",
  why: "Such a pod is root on its node, and the way from one desktop to all others.",
  fix: "Do without it; where that cannot be, add the component with its reason to policy/exceptions.ts.",
  level: "mandatory",
  *check(resource) {
    const component = componentOf(resource);
    const allowed = hostAccessExceptions.filter((exception) => exception.component === component);
    for (const { access, what } of podsOf(resource).flatMap((pod) => [...reachesOf(pod)]))
      if (!allowed.some((exception) => exception.access === access)) yield what;
  },
};

interface Reach {
  readonly access: HostAccess;
  readonly what: string;
}

function* reachesOf({ spec, containers }: Pod): Iterable<Reach> {
  for (const access of ["hostNetwork", "hostPID", "hostIPC"] as const)
    if (field(spec, access) === true) yield { access, what: `the pod sets ${access}` };
  for (const { name, source } of volumeSources(spec))
    if (source === "hostPath") yield { access: source, what: `volume ${name} is a hostPath` };
  for (const { title, spec: container } of containers) {
    if (field(container, "securityContext", "privileged") === true)
      yield { access: "privileged", what: `${title} is privileged` };
    if (list(field(container, "ports")).some((port) => !isAbsent(field(port, "hostPort"))))
      yield { access: "hostPort", what: `${title} takes a port of the node (hostPort)` };
  }
}
