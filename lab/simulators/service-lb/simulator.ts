import { isDeepStrictEqual } from "node:util";
import type { AnyObject, ClusterClient } from "../../../kube/client.ts";
import type { ClusterView } from "../cluster-view.ts";
import type { Simulator } from "../simulator.ts";
import { serviceAddresses } from "./addresses.ts";
import {
  daemonSetName,
  hasAllowList,
  serviceDaemonSet,
  serviceLbAccount,
  serviceNameLabel,
  serviceNamespaceLabel,
} from "./daemon-set.ts";

// It works in K3s's own process, under its name.
const manager = "k3s";

interface LoadBalancerSpec {
  type?: string;
  loadBalancerClass?: string;
  externalTrafficPolicy?: string;
}

/** Plays ServiceLB, the load balancer inside K3s: a DaemonSet with host ports per Service, node addresses in its status. */
export function serviceLbSimulator(client: ClusterClient, view: ClusterView): Simulator {
  return {
    name: "service-lb",
    reads: ["services", "nodes", "daemonSets", "serviceLbPods"],
    async reconcile() {
      const balanced = view.all("services").filter(isBalanced);
      await Promise.all([...balanced.map(ensureDaemonSet), ...balanced.map(publish), ...removeOrphans(balanced)]);
    },
  };

  async function ensureDaemonSet(service: AnyObject): Promise<void> {
    const wanted = serviceDaemonSet(service, hasAllowList(view.all("nodes")));
    const present = view.all("daemonSets").find(({ metadata }) => metadata?.name === wanted.metadata?.name);
    if (present && isDeepStrictEqual(hostPorts(present), hostPorts(wanted))) return;
    const metadata = { name: serviceLbAccount, namespace: "kube-system" };
    await client.apply({ apiVersion: "v1", kind: "ServiceAccount", metadata }, { fieldManager: manager, force: true });
    await client.apply(wanted, { fieldManager: manager, force: true });
  }

  function removeOrphans(balanced: AnyObject[]): Promise<void>[] {
    const wanted = new Set(balanced.map(daemonSetName));
    return view
      .all("daemonSets")
      .filter(({ metadata }) => metadata?.labels?.[serviceNameLabel] !== undefined && !wanted.has(metadata.name ?? ""))
      .map(({ metadata }) =>
        client.delete({
          apiVersion: "apps/v1",
          kind: "DaemonSet",
          metadata: { name: metadata?.name ?? "", namespace: metadata?.namespace ?? "kube-system" },
        }),
      );
  }

  async function publish(service: AnyObject): Promise<void> {
    const { name = "", namespace = "" } = service.metadata ?? {};
    const pods = view.all("serviceLbPods").filter(({ metadata }) => {
      const labels = metadata?.labels ?? {};
      return labels[serviceNameLabel] === name && labels[serviceNamespaceLabel] === namespace;
    });
    const isLocal = (service.spec as LoadBalancerSpec).externalTrafficPolicy === "Local";
    const localNodes = isLocal ? await nodesWithEndpoints(name, namespace) : undefined;
    const addresses = serviceAddresses(pods, view.all("nodes"), localNodes);
    if (isDeepStrictEqual(addresses, publishedAddresses(service))) return;
    await client.mergePatchStatus(
      {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name, namespace },
        status: {
          loadBalancer: addresses.length > 0 ? { ingress: addresses.map((ip) => ({ ip })) } : { ingress: null },
        },
      },
      manager,
    );
  }

  async function nodesWithEndpoints(name: string, namespace: string): Promise<Set<string>> {
    const slices = await client.list("discovery.k8s.io/v1", "EndpointSlice", {
      namespace,
      labelSelector: `kubernetes.io/service-name=${name}`,
    });
    const endpoints = slices.flatMap(
      (slice) => (slice.endpoints ?? []) as { nodeName?: string; conditions?: { ready?: boolean } }[],
    );
    return new Set(endpoints.flatMap((one) => (one.conditions?.ready !== false && one.nodeName ? [one.nodeName] : [])));
  }
}

/** The addresses in a Service's status, as people and DNS see them. */
export function publishedAddresses(service: AnyObject): string[] {
  const status = service.status as { loadBalancer?: { ingress?: { ip: string }[] } } | undefined;
  return (status?.loadBalancer?.ingress ?? []).map(({ ip }) => ip);
}

function isBalanced(service: AnyObject): boolean {
  const { type, loadBalancerClass } = service.spec as LoadBalancerSpec;
  return type === "LoadBalancer" && !loadBalancerClass && !service.metadata?.deletionTimestamp;
}

function hostPorts(daemonSet: AnyObject): unknown {
  const { template } = daemonSet.spec as {
    template: { spec: { nodeSelector?: unknown; containers: { name: string }[] } };
  };
  return [template.spec.nodeSelector ?? {}, template.spec.containers.map(({ name }) => name)];
}
