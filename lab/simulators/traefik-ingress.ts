import { isDeepStrictEqual } from "node:util";
import type { AnyObject, ClusterClient } from "../../kube/client.ts";
import type { ClusterView } from "./cluster-view.ts";
import { publishedAddresses } from "./service-lb/simulator.ts";
import type { Simulator } from "./simulator.ts";

const publishedServiceFlag = "--providers.kubernetesingress.ingressendpoint.publishedservice=";

/** Plays the part of Traefik that others can see: it copies its Service's addresses to the Ingresses of its class. */
export function traefikIngressSimulator(client: ClusterClient, view: ClusterView): Simulator {
  return {
    name: "traefik-ingress",
    reads: ["ingresses", "ingressClasses", "deployments", "services"],
    async reconcile() {
      const service = view.all("deployments").map(publishedService).find(Boolean);
      if (!service) return;
      const addresses = view
        .all("services")
        .filter(({ metadata }) => `${metadata?.namespace ?? ""}/${metadata?.name ?? ""}` === service)
        .flatMap(publishedAddresses);
      const classes = view
        .all("ingressClasses")
        .filter(({ spec }) => (spec as { controller: string }).controller === "traefik.io/ingress-controller")
        .map(({ metadata }) => metadata?.name);
      const own = view
        .all("ingresses")
        .filter(({ spec }) => classes.includes((spec as { ingressClassName?: string }).ingressClassName));
      await Promise.all(
        own.filter((ingress) => !isDeepStrictEqual(publishedAddresses(ingress), addresses)).map(publish),
      );

      function publish({ metadata }: AnyObject): Promise<AnyObject> {
        const { name = "", namespace = "" } = metadata ?? {};
        return client.mergePatchStatus(
          {
            apiVersion: "networking.k8s.io/v1",
            kind: "Ingress",
            metadata: { name, namespace },
            status: { loadBalancer: { ingress: addresses.map((ip) => ({ ip })) } },
          },
          "traefik",
        );
      }
    },
  };
}

/** `namespace/name` of the Service whose addresses a running Traefik publishes; undefined for any other Deployment. */
function publishedService({ spec, status }: AnyObject): string | undefined {
  if (!((status as { availableReplicas?: number } | undefined)?.availableReplicas ?? 0)) return undefined;
  const { template } = spec as { template: { spec: { containers: { args?: string[] }[] } } };
  const flag = template.spec.containers
    .flatMap(({ args = [] }) => args)
    .find((arg) => arg.startsWith(publishedServiceFlag));
  return flag?.slice(publishedServiceFlag.length);
}
