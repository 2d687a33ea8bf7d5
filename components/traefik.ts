import * as command from "@pulumi/command";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ChartSource } from "./chart-source.ts";
import { contentHash } from "./content-hash.ts";
import type { Registry } from "./image.ts";
import { namespaceArgs } from "./namespace.ts";
import { denyAll } from "./network-policy.ts";
import { pullSecret } from "./pull-secret.ts";
import { chartRelease } from "./release.ts";
import { findings, script } from "./script.ts";
import type { ClusterAccess } from "./script.ts";
import { helmChartConfig, traefikArguments, traefikPolicy, traefikValues } from "./traefik.manifests.ts";

export interface TraefikArgs {
  /**
   * `k3s`: K3s owns Traefik and its CRDs; creating them here would make K3s's own Helm job fail. `own`: the upstream
   * chart, on a K3s that runs with --disable=traefik.
   */
  readonly mode: "k3s" | "own";
  /** Mode k3s: redirect to HTTPS and long uploads, by a HelmChartConfig. */
  readonly configure: boolean;
  /** Of that HelmChartConfig; `retry` needs helm-controller 0.17.6, which K3s has since July 2026. */
  readonly failurePolicy: "retry" | "abort";
  /** Mode own: where Traefik is installed, and from which chart. */
  readonly namespace: string;
  readonly chart: ChartSource;
  readonly registry: Registry;
  /** Addresses that are known already; without any the Service is asked. */
  readonly publicIPs: readonly string[];
  readonly cluster: ClusterAccess;
  /** For the install and for each wait. */
  readonly timeoutSeconds: number;
}

export interface TraefikReport {
  readonly version: "v2" | "v3";
  readonly addresses: readonly string[];
}

interface LoadBalancerStatus {
  loadBalancer?: { ingress?: { ip?: string }[] };
}

/** What was installed or changed, where the Service is, and what the wait for it should notice. */
interface Installed {
  readonly changed: pulumi.Resource;
  readonly service: pulumi.Input<string>;
  readonly revision: string;
}

/** The way in for browsers: K3s's Traefik or one of our own. `up` goes on when it serves and its CRDs are there. */
export class Traefik extends pulumi.ComponentResource {
  /** What the gate saw: version and entry addresses at that time. */
  readonly report: pulumi.Output<TraefikReport>;
  /** Addresses at which browsers reach the cluster. */
  readonly addresses: pulumi.Output<string[]>;
  /**
   * What brings Traefik's kinds, and all else that the API server has to be there for. The wait for the rollout is not among
   * it: it rides out an API server that is away.
   */
  readonly objects: readonly pulumi.Resource[];

  constructor(name: string, args: TraefikArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kasm:ingress:Traefik", name, { mode: args.mode }, opts);
    const child = { parent: this };
    const { mode, configure, failurePolicy, publicIPs, cluster, timeoutSeconds } = args;
    const gate = new command.local.Command(
      `${name}-gate`,
      script("traefik-gate", cluster, {
        mode,
        timeoutSeconds,
        ...(mode === "k3s" && configure && { failurePolicy }),
      }),
      child,
    );
    const after = { ...child, dependsOn: gate };
    const installed =
      mode === "own" ? ownTraefik(name, args, after) : configure ? configured(name, failurePolicy, after) : undefined;
    // Both come into effect later than their creation: K3s's by a Helm job, ours by a rollout. Without this wait a failed
    // job would pass for success, and Kasm would be installed while Traefik restarts.
    const rollout =
      installed &&
      new command.local.Command(
        `${name}-rollout`,
        script("traefik-rollout", cluster, {
          namespace: mode === "own" ? args.namespace : "kube-system",
          arguments: [...traefikArguments],
          timeoutSeconds,
          revision: installed.revision,
        }),
        { ...child, dependsOn: installed.changed },
      );
    this.report = findings(rollout ?? gate);
    const changed = installed?.changed ?? gate;
    const service =
      publicIPs.length > 0
        ? undefined
        : k8s.core.v1.Service.get(`${name}-service`, installed?.service ?? "kube-system/traefik", {
            ...child,
            // The rollout changes pods; addresses are those of nodes.
            dependsOn: changed,
          });
    this.addresses = service ? addressesOf(service) : pulumi.output([...publicIPs]);
    this.objects = [changed, ...(service ? [service] : [])];
    this.registerOutputs({ report: this.report, addresses: this.addresses });
  }
}

function configured(name: string, failurePolicy: "retry" | "abort", opts: pulumi.CustomResourceOptions): Installed {
  const config = helmChartConfig(failurePolicy);
  return {
    changed: new k8s.apiextensions.CustomResource(`${name}-config`, config, opts),
    service: "kube-system/traefik",
    revision: contentHash(config),
  };
}

function ownTraefik(name: string, args: TraefikArgs, opts: pulumi.CustomResourceOptions): Installed {
  const { chart, registry, timeoutSeconds } = args;
  const space = new k8s.core.v1.Namespace(`${name}-namespace`, namespaceArgs(args.namespace, "restricted"), opts);
  const inside = { parent: opts.parent, dependsOn: space, deletedWith: space };
  const policies = [denyAll(args.namespace), traefikPolicy(args.namespace)].map(
    (policy) => new k8s.networking.v1.NetworkPolicy(`${name}-${policy.metadata.name}`, policy, inside),
  );
  const values = traefikValues(registry);
  const pulls = pullSecret(name, args.namespace, registry, inside);
  const release = new k8s.helm.v3.Release(
    `${name}-release`,
    { ...chartRelease("traefik", args.namespace, chart, timeoutSeconds), values },
    { parent: opts.parent, dependsOn: [space, ...policies, ...pulls] },
  );
  return {
    changed: release,
    // Only known once it is installed: a Service that is not there yet cannot be read, not even in a preview.
    service: pulumi.interpolate`${release.status.namespace}/${release.status.name}`,
    revision: contentHash([chart, values]),
  };
}

// ServiceLB lists the nodes' external addresses there, or the internal ones when no node has an external one.
function addressesOf(service: k8s.core.v1.Service): pulumi.Output<string[]> {
  return service.status.apply((status: LoadBalancerStatus | undefined) =>
    (status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => (ip === undefined ? [] : [ip])),
  );
}
