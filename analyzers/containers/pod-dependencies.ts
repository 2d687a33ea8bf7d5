import type { Container, Pod } from "../../kube/kinds.ts";
import type { Cluster } from "../cluster.ts";
import { refOf, refText } from "../finding.ts";
import type { Dependency } from "../finding.ts";
import { ownerOf } from "../workloads/owners.ts";
import { podRef } from "./pod-facts.ts";

/**
 * Services that a container's command names, such as in `until curl http://kasm-api-default:8080/...`, with the pods behind
 * them and what makes those pods: an init container waits for all of these.
 */
export function waitedFor(cluster: Cluster, pod: Pod, container: Container | undefined): Dependency[] {
  const { namespace = "" } = pod.metadata;
  const words = [...(container?.command ?? []), ...(container?.args ?? [])].join(" ").split(/[^A-Za-z0-9.-]+/);
  const names = new Set(words.map((it) => it.split(".")));
  const found = new Map<string, Dependency>();
  for (const [name = "", inNamespace = namespace] of names) {
    const service = cluster.get("Service", name, inNamespace) ?? cluster.get("Service", name, namespace);
    if (!service) continue;
    const because = `${container?.name ?? "a container"} waits for ${refText(refOf({ ...service, kind: "Service" }))}`;
    const add = (object: Dependency["object"]) => found.set(refText(object), { object, because });
    add(refOf({ ...service, kind: "Service" }));
    const { selector } = (service["spec"] ?? {}) as { selector?: Record<string, string> };
    for (const behind of selector ? cluster.podsMatching(service.metadata?.namespace ?? "", selector) : []) {
      add(podRef(behind));
      const owner = ownerOf(cluster, behind);
      if (owner) add(owner);
    }
  }
  return [...found.values()];
}

export function onNode({ spec }: Pod): Dependency[] {
  const name = spec?.nodeName;
  return name === undefined ? [] : [{ object: { kind: "Node", name }, because: `it runs on Node ${name}` }];
}
