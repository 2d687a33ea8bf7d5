import { componentOf, kinds } from "../resource.ts";
import type { ResourceRule } from "../rule.ts";
import { field, list } from "../value.ts";

const webPorts: readonly unknown[] = [80, 443];

export const entryPoints: ResourceRule = {
  name: "traefik-alone-holds-80-and-443",
  description: "No Service of type LoadBalancer takes port 80 or 443 beside Traefik's",
  why: "K3s gives each port of a node to one Service: the second one stays pending, or Traefik loses the port.",
  fix: "Use type ClusterIP and an Ingress or IngressRoute.",
  level: "mandatory",
  *check(resource) {
    const { type, props } = resource;
    if (type !== kinds.service || field(props, "spec", "type") !== "LoadBalancer") return;
    if (componentOf(resource) === "kasm:ingress:Traefik") return;
    const taken = list(field(props, "spec", "ports"))
      .map((port) => field(port, "port"))
      .filter((port) => webPorts.includes(port));
    if (taken.length > 0) yield `a LoadBalancer on port ${taken.join(" and ")}`;
  },
};
