import * as command from "@pulumi/command";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ChartSource } from "../helm/chart-source.ts";
import type { Registry } from "../objects/image.ts";
import { namespaceArgs } from "../objects/namespace.ts";
import { denyAll } from "../objects/network-policy.ts";
import { pullSecret } from "../objects/pull-secret.ts";
import { chartRelease } from "../helm/release.ts";
import { gateAfter } from "../gates/rollout.ts";
import { chartCrds } from "./crds.ts";
import { findings, script } from "../gates/script.ts";
import type { ClusterAccess } from "../gates/script.ts";
import { helmChartConfig, traefikArguments, traefikPolicy, traefikValues } from "./manifests.ts";

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
  /** Mode own: the one namespace whose TLSStore and TLSOption named `default` count for all. Default: any. */
  readonly defaultCertificateNamespace?: string;
  /** Addresses that are known already; without any the Service is asked. */
  readonly publicIPs: readonly string[];
  /** Mode own: resolves when no earlier Helm stands in the way of the chart. Default: at once. */
  readonly whenFree?: pulumi.Input<unknown>;
  readonly cluster: ClusterAccess;
  /** For the install and for each wait. */
  readonly timeoutSeconds: number;
}

/** Name of the Helm release in mode own, and so of Deployment and Service. */
export const traefikReleaseName = "traefik";

export interface TraefikReport {
  readonly version: "v2" | "v3";
  readonly addresses: readonly string[];
}

interface GateReport extends TraefikReport {
  /** Left out by a gate that ran before it was asked for them. */
  readonly middlewareFields?: readonly string[];
}

/** Fields of Middlewares that not every Traefik has. */
const middlewareFields = {
  /** 3.6.9 and later, which warn without it. */
  boundsAnswers: "forwardAuth.maxResponseBodySize",
  /** 3.4 and later. */
  rewritesErrors: "errors.statusRewrites",
};

interface LoadBalancerStatus {
  loadBalancer?: { ingress?: { ip?: string; hostname?: string }[] };
}

/** The way in for browsers: K3s's Traefik or one of our own. `up` goes on when it serves and its CRDs are there. */
export class Traefik extends pulumi.ComponentResource {
  /** What the gate saw: version and entry addresses at that time. */
  readonly report: pulumi.Output<TraefikReport>;
  /** Addresses at which browsers reach the cluster. */
  readonly addresses: pulumi.Output<string[]>;
  /** Whether its forwardAuth takes a bound for answers, and warns without one. Known before it serves. */
  readonly boundsAnswers: pulumi.Output<boolean>;
  /** Whether its error pages have a status of their own. Known before it serves. */
  readonly rewritesErrors: pulumi.Output<boolean>;
  /** What brings Traefik's kinds. */
  readonly kinds: pulumi.Resource;
  /** All that needs an API server that is there. A gate rides out one that is away. */
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
        ...(mode === "k3s" && { middlewareFields: Object.values(middlewareFields) }),
        ...(mode === "k3s" && configure && { failurePolicy }),
      }),
      child,
    );
    const after = { ...child, dependsOn: gate };
    const { kinds, serving, addressed, service } =
      mode === "own" ? ownTraefik(name, args, after) : configure ? configured(name, args, after) : asItIs(gate);
    this.report = findings(serving);
    // Those that our own may be installed from (41.x) know all.
    const knows = (feature: keyof typeof middlewareFields) =>
      mode === "own"
        ? pulumi.output(true)
        : findings<GateReport>(gate).apply(({ middlewareFields: known = [] }) =>
            known.includes(middlewareFields[feature]),
          );
    this.boundsAnswers = knows("boundsAnswers");
    this.rewritesErrors = knows("rewritesErrors");
    const read =
      publicIPs.length > 0
        ? undefined
        : k8s.core.v1.Service.get(`${name}-service`, service, { ...child, dependsOn: addressed });
    this.addresses = read ? addressesOf(read) : pulumi.output([...publicIPs]);
    this.kinds = kinds;
    this.objects = [kinds, ...(read ? [read] : [])];
    this.registerOutputs({ report: this.report, addresses: this.addresses });
  }
}

/** A Traefik, however it came about. */
interface Installed {
  /** Brings its kinds. */
  readonly kinds: pulumi.Resource;
  /** The gate that it serves after. */
  readonly serving: command.local.Command;
  /** What its Service has its addresses after. */
  readonly addressed: pulumi.Resource;
  /** Id of that Service. */
  readonly service: pulumi.Input<string>;
}

const k3sService = "kube-system/traefik";

function asItIs(gate: command.local.Command): Installed {
  return { kinds: gate, serving: gate, addressed: gate, service: k3sService };
}

function configured(name: string, args: TraefikArgs, opts: pulumi.CustomResourceOptions): Installed {
  const { cluster, failurePolicy, timeoutSeconds } = args;
  const config = new k8s.apiextensions.CustomResource(`${name}-config`, helmChartConfig(failurePolicy), opts);
  const input = { namespace: "kube-system", arguments: [...traefikArguments], timeoutSeconds };
  return {
    kinds: config,
    // It comes into effect later, by a Helm job, whose failure would pass for success without this wait.
    serving: gateAfter(`${name}-rollout`, config, { run: "traefik-rollout", cluster, input }, { parent: opts.parent }),
    // The rollout changes pods; addresses are those of nodes.
    addressed: config,
    service: k3sService,
  };
}

function ownTraefik(name: string, args: TraefikArgs, opts: pulumi.CustomResourceOptions): Installed {
  const { namespace, cluster, registry, timeoutSeconds } = args;
  const child = { parent: opts.parent };
  const space = new k8s.core.v1.Namespace(`${name}-namespace`, namespaceArgs(namespace, "restricted"), opts);
  const inside = { ...child, dependsOn: space, deletedWith: space };
  const policies = [denyAll(namespace), traefikPolicy(namespace, cluster)].map(
    (policy) => new k8s.networking.v1.NetworkPolicy(`${name}-${policy.metadata.name}`, policy, inside),
  );
  const pulls = pullSecret(name, namespace, registry, inside);
  const crds = chartCrds(name, args.chart, opts);
  const release = chartRelease(
    `${name}-release`,
    { ...args, release: traefikReleaseName, values: traefikValues(registry, args.defaultCertificateNamespace) },
    { ...child, dependsOn: crds.apply((made) => [space, ...policies, ...pulls, ...made]) },
  );
  const input = { namespace, release: traefikReleaseName, arguments: [...traefikArguments], timeoutSeconds };
  const serving = gateAfter(`${name}-rollout`, release, { run: "traefik-rollout", cluster, input }, child);
  return {
    kinds: release,
    serving,
    addressed: serving,
    // Only known once it is installed: a Service that is not there yet cannot be read, not even in a preview.
    service: pulumi.interpolate`${release.status.namespace}/${release.status.name}`,
  };
}

// ServiceLB lists the nodes' external addresses there, or the internal ones when no node has an external one. Load balancers
// of clouds may give a host name instead.
function addressesOf(service: k8s.core.v1.Service): pulumi.Output<string[]> {
  return service.status.apply((status: LoadBalancerStatus | undefined) =>
    (status?.loadBalancer?.ingress ?? []).flatMap(({ ip, hostname }) => ip ?? hostname ?? []),
  );
}
