import * as command from "@pulumi/command";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { findings, script } from "./script.ts";
import type { ClusterAccess } from "./script.ts";

export interface TraefikArgs {
  /** Only `k3s`: K3s owns Traefik and its CRDs; creating them here would make K3s's own Helm job fail. */
  readonly mode: "k3s";
  /** Addresses that are known already; without any the Service that K3s made is asked. */
  readonly publicIPs: readonly string[];
  readonly cluster: ClusterAccess;
}

export interface TraefikReport {
  readonly version: "v2" | "v3";
  readonly addresses: readonly string[];
}

interface LoadBalancerStatus {
  loadBalancer?: { ingress?: { ip?: string }[] };
}

/** The Traefik that K3s brings. `up` goes on when its CRDs are there. */
export class Traefik extends pulumi.ComponentResource {
  /** What the gate saw: version and entry addresses at that time. */
  readonly report: pulumi.Output<TraefikReport>;
  /** Addresses at which browsers reach the cluster. */
  readonly addresses: pulumi.Output<string[]>;

  constructor(name: string, args: TraefikArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kasm:ingress:Traefik", name, { mode: args.mode }, opts);
    const gate = new command.local.Command(
      `${name}-gate`,
      script("traefik-gate", args.cluster, { timeoutSeconds: 300 }),
      { parent: this },
    );
    this.report = findings(gate);
    this.addresses =
      args.publicIPs.length > 0 ? pulumi.output([...args.publicIPs]) : serviceAddresses(name, { parent: this });
    this.registerOutputs({ report: this.report, addresses: this.addresses });
  }
}

// ServiceLB lists the nodes' external addresses there, or the internal ones when no node has an external one.
function serviceAddresses(name: string, opts: pulumi.CustomResourceOptions): pulumi.Output<string[]> {
  const service = k8s.core.v1.Service.get(`${name}-service`, "kube-system/traefik", opts);
  return service.status.apply((status: LoadBalancerStatus | undefined) =>
    (status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => (ip === undefined ? [] : [ip])),
  );
}
