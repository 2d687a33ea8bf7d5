import type { Container, Pod } from "../../kube/kinds.ts";
import type { Cluster } from "../cluster.ts";
import { behindPods } from "../dependencies.ts";
import { refOf, refText } from "../finding.ts";
import type { Dependency } from "../finding.ts";
import { podsBehind, serviceNamed } from "../network/service.ts";

/**
 * Services that a container's command names, such as in `until curl http://kasm-api-default:8080/...`, with the pods behind
 * them and what makes those pods: an init container waits for all of these.
 */
export function waitedFor(cluster: Cluster, pod: Pod, container: Container | undefined): Dependency[] {
  const { namespace = "" } = pod.metadata;
  const words = [...(container?.command ?? []), ...(container?.args ?? [])].join(" ").split(/[^A-Za-z0-9.-]+/);
  const names = new Set(words.map((it) => it.split(".")));
  return [...names].flatMap(([name = "", inNamespace = namespace]) => {
    const service = serviceNamed(cluster, inNamespace, name) ?? serviceNamed(cluster, namespace, name);
    if (!service) return [];
    const object = refOf({ ...service, kind: "Service" });
    const because = `${container?.name ?? "a container"} waits for ${refText(object)}`;
    return [{ object, because }, ...behindPods(cluster, podsBehind(cluster, service))];
  });
}

export function onNode({ spec }: Pod): Dependency[] {
  const name = spec?.nodeName;
  return name === undefined ? [] : [{ object: { kind: "Node", name }, because: `it runs on Node ${name}` }];
}
