import type { AnyObject } from "../../kube/client.ts";
import type { Pod } from "../../kube/kinds.ts";
import { podRequests } from "../scheduling/resources.ts";

interface Container {
  ports?: { hostPort?: number; protocol?: string }[];
}

interface PodSpec {
  nodeName?: string;
  containers?: Container[];
  initContainers?: Container[];
}

/** One pod, as far as the checks want to know it. */
export interface PodView {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly nodeName: string;
  /** Ready, and not on its way out. */
  readonly isReady: boolean;
  /** Succeeded or failed: it holds nothing any more. */
  readonly isOver: boolean;
  readonly hostPorts: readonly { readonly port: number; readonly protocol: string }[];
  /** What the scheduler reserves for it, in cores and bytes. */
  readonly request: (resource: string) => number;
}

export function podView(pod: AnyObject): PodView {
  const spec = (pod["spec"] ?? {}) as PodSpec;
  const status = (pod["status"] ?? {}) as { phase?: string; conditions?: { type?: string; status?: string }[] };
  const ready = status.conditions?.some((one) => one.type === "Ready" && one.status === "True") ?? false;
  return {
    namespace: pod.metadata?.namespace ?? "",
    name: pod.metadata?.name ?? "",
    labels: pod.metadata?.labels ?? {},
    nodeName: spec.nodeName ?? "",
    isReady: ready && pod.metadata?.deletionTimestamp === undefined,
    isOver: status.phase === "Succeeded" || status.phase === "Failed",
    hostPorts: [...(spec.containers ?? []), ...(spec.initContainers ?? [])]
      .flatMap(({ ports = [] }) => ports)
      .flatMap(({ hostPort, protocol = "TCP" }) => (hostPort ? [{ port: hostPort, protocol }] : [])),
    request: (resource) => podRequests(pod as Pod).get(resource) ?? 0,
  };
}
