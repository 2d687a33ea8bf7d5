import * as command from "@pulumi/command";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { backupClaim, backupCronJob } from "./backup.ts";
import type { BackupPlan } from "./backup.ts";
import { chartRefusal, kasmVersion } from "./chart.ts";
import {
  clusterNameLabel,
  databaseRecordName,
  defaultTlsStore,
  disruptionBudgets,
  networkPolicies,
  trustedCaConfigMap,
} from "./manifests.ts";
import { preUpgradeInput } from "./pre-upgrade.ts";
import {
  adminUser,
  certificateSecret,
  databaseRefusal,
  kasmValues,
  passwordKeys,
  releaseName,
  secretName,
} from "./values.ts";
import type { KasmValuesArgs } from "./values.ts";
import { namespaceArgs } from "../objects/namespace.ts";
import { pullSecret } from "../objects/pull-secret.ts";
import { chartRelease } from "../helm/release.ts";
import { gateAfter } from "../gates/rollout.ts";
import { script } from "../gates/script.ts";
import type { ClusterAccess } from "../gates/script.ts";

export interface KasmWorkspacesArgs extends KasmValuesArgs {
  readonly namespace: string;
  readonly cluster: ClusterAccess;
  /** By which Pulumi knows the cluster: another one would replace everything. */
  readonly clusterName?: string;
  readonly timeoutSeconds: number;
  /** Refuses to delete what the data depends on: namespace, volumes, passwords. */
  readonly protectData: boolean;
  /** Namespace of Traefik's pods, which alone may reach Kasm from outside. Default: that of K3s's Traefik. */
  readonly traefikNamespace?: string;
  /** Gives Kasm's wildcard certificate to every route of Traefik that names none: those of the sessions. Default: no. */
  readonly isDefaultCertificate?: boolean;
  /** Regular dumps of the database; absent means none. */
  readonly backup?: BackupPlan;
  /** Storage, Traefik and what else the chart and its volumes come after. Namespace, passwords and policies do not wait. */
  readonly releaseAfter?: readonly pulumi.Resource[];
  /** Resolves when no earlier Helm stands in the way of the chart. Default: at once. */
  readonly whenFree?: pulumi.Input<unknown>;
}

/** Kasm's control plane behind Traefik. Its sessions run on agents outside the cluster. */
export class KasmWorkspaces extends pulumi.ComponentResource {
  readonly adminUser: pulumi.Output<string>;
  readonly adminPassword: pulumi.Output<string>;
  /** What agents register with; a secret. */
  readonly managerToken: pulumi.Output<string>;
  /** All that needs an API server that is there. A gate rides out one that is away. */
  readonly objects: readonly pulumi.Resource[];

  constructor(name: string, args: KasmWorkspacesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kasm:workspaces:KasmWorkspaces", name, { version: args.chart.version }, opts);
    const refusal = chartRefusal(args.chart.version);
    if (refusal !== undefined) throw new pulumi.ResourceError(refusal, this, true);
    const child = { parent: this };
    const data = { ...child, protect: args.protectData };

    // The chart's pods drop all that `restricted` asks for, init containers and Jobs included, while applySecurity is on.
    const namespace = new k8s.core.v1.Namespace(`${name}-namespace`, namespaceArgs(args.namespace, "restricted"), data);
    const plain = { ...child, dependsOn: namespace, deletedWith: namespace };
    const kept = { ...plain, protect: args.protectData };
    const passwords = passwordsBy((key) => {
      return new random.RandomPassword(`${name}-${key}`, { length: 26, special: false }, data).result;
    });
    const secret = new k8s.core.v1.Secret(
      `${name}-secrets`,
      {
        metadata: { name: secretName, namespace: args.namespace },
        stringData: passwords,
      },
      kept,
    );
    const database = this.unlessRefused(this.databaseRecord(name, args, kept), args);
    const late = { ...plain, dependsOn: [namespace, ...(args.releaseAfter ?? [])] };
    const release = chartRelease(
      `${name}-release`,
      {
        ...args,
        release: releaseName,
        values: kasmValues(args),
      },
      {
        ...data,
        // All the rest comes before it and so goes after it: a destroy that its protection refuses takes nothing away.
        dependsOn: [
          ...[...late.dependsOn, secret, database, this.preUpgrade(name, args, [...late.dependsOn, database])],
          ...this.networkPolicies(name, args, plain),
          ...this.disruptionBudgets(name, args, plain),
          ...this.certificate(name, args, namespace),
          ...this.defaultCertificate(name, args, late),
          ...this.trustedCa(name, args, plain),
          ...pullSecret(name, args.namespace, args.registry ?? {}, plain),
          ...this.backup(name, args, late),
        ],
      },
    );
    const { namespace: place, cluster, timeoutSeconds } = args;
    const input = { namespace: place, release: releaseName, timeoutSeconds };
    gateAfter(`${name}-rollout`, release, { run: "rollout", cluster, input }, child);
    this.objects = [release];

    this.adminUser = pulumi.output(adminUser);
    this.adminPassword = passwords["admin-password"];
    this.managerToken = passwords["manager-token"];
    this.registerOutputs({ adminUser: this.adminUser });
  }

  /** Remembers the Kasm version of the database: only an upgrade writes it again. */
  private databaseRecord(name: string, args: KasmWorkspacesArgs, opts: pulumi.CustomResourceOptions) {
    return new k8s.core.v1.ConfigMap(
      `${name}-database`,
      {
        metadata: {
          name: databaseRecordName,
          namespace: args.namespace,
          ...(args.clusterName !== undefined && { labels: { [clusterNameLabel]: args.clusterName } }),
        },
        data: { version: kasmVersion(args.chart.version) },
      },
      { ...opts, ignoreChanges: args.database === "upgrade" ? [] : ["data"] },
    );
  }

  /**
   * Stops the program before it touches the release when the chart would start with an empty database. Told as a dependency rather
   * than in an input: what an input throws is shown with a stack trace.
   */
  private unlessRefused(record: k8s.core.v1.ConfigMap, { chart, database }: KasmWorkspacesArgs) {
    return record.data.apply((data) => {
      const wanted = kasmVersion(chart.version);
      const refusal = databaseRefusal(data["version"] ?? wanted, wanted, database);
      if (refusal === undefined) return record;
      const error = new pulumi.ResourceError(refusal, this, true);
      // By the time of an `up` the program has run to its end, and late errors are shown by their stack.
      error.stack = refusal;
      throw error;
    });
  }

  /** Takes away what Helm could not change: finished database Jobs, and StatefulSets that ask for another storage class. */
  private preUpgrade(name: string, args: KasmWorkspacesArgs, dependsOn: pulumi.Input<pulumi.Resource>[]) {
    const run = script("kasm-pre-upgrade", args.cluster, preUpgradeInput(args.namespace, args));
    // An upgrade is looked at by every `up`, also by one that repeats another: its input would be the same.
    const triggers = args.database === "upgrade" ? [new Date().toISOString()] : [];
    return new command.local.Command(`${name}-pre-upgrade`, { ...run, triggers }, { parent: this, dependsOn });
  }

  private networkPolicies(name: string, args: KasmWorkspacesArgs, opts: pulumi.CustomResourceOptions) {
    const { namespace, traefikNamespace = "kube-system", directRdp } = args;
    const policies = networkPolicies(namespace, traefikNamespace, directRdp !== undefined);
    return Object.entries(policies).map(
      ([policy, manifest]) => new k8s.networking.v1.NetworkPolicy(`${name}-${policy}`, manifest, opts),
    );
  }

  private disruptionBudgets(name: string, args: KasmWorkspacesArgs, opts: pulumi.CustomResourceOptions) {
    const budgets = disruptionBudgets(args.namespace, args.sizing.replicas);
    return Object.entries(budgets).map(
      ([part, manifest]) => new k8s.policy.v1.PodDisruptionBudget(`${name}-${part}-budget`, manifest, opts),
    );
  }

  /** Traefik takes the Secret in when it comes; with cert-manager that is after the release. */
  private defaultCertificate(name: string, args: KasmWorkspacesArgs, opts: pulumi.CustomResourceOptions) {
    if (args.isDefaultCertificate !== true) return [];
    const store = defaultTlsStore(args.namespace, certificateSecret(args.certificate));
    return [new k8s.apiextensions.CustomResource(`${name}-default-certificate`, store, opts)];
  }

  private trustedCa(name: string, { namespace, trustedCa }: KasmWorkspacesArgs, opts: pulumi.CustomResourceOptions) {
    if (trustedCa === undefined) return [];
    return [new k8s.core.v1.ConfigMap(`${name}-trusted-ca`, trustedCaConfigMap(namespace, trustedCa), opts)];
  }

  private backup(name: string, args: KasmWorkspacesArgs, opts: pulumi.CustomResourceOptions): pulumi.Resource[] {
    const { backup: plan, chart, ...rest } = args;
    if (plan === undefined) return [];
    const all = { ...rest, plan, chartVersion: chart.version };
    const claim = new k8s.core.v1.PersistentVolumeClaim(`${name}-backup-claim`, backupClaim(all), {
      ...opts,
      protect: args.protectData,
      // Dumps outlive the plan to take more; they go with the namespace.
      retainOnDelete: true,
      // A claim that is bound cannot be changed, and a new one would be empty.
      ignoreChanges: ["spec"],
    });
    return [claim, new k8s.batch.v1.CronJob(`${name}-backup`, backupCronJob(all), { ...opts, dependsOn: claim })];
  }

  /** Makes the TLS Secret in the cluster; its key is in neither program nor state. Nothing for other sources. */
  private certificate(name: string, args: KasmWorkspacesArgs, namespace: pulumi.Resource): pulumi.Resource[] {
    if (args.certificate.kind !== "self-signed") return [];
    const input = {
      namespace: args.namespace,
      secretName: certificateSecret(args.certificate),
      dnsNames: [args.domain, `*.${args.domain}`],
    };
    return [
      new command.local.Command(
        `${name}-certificate`,
        {
          ...script("self-signed-certificate", args.cluster, input),
          delete: "node commands/self-signed-certificate.ts remove",
        },
        // Else a replacement would take away the Secret that it has just made.
        { parent: this, dependsOn: namespace, deleteBeforeReplace: true },
      ),
    ];
  }
}

type PasswordKey = (typeof passwordKeys)[number];

function passwordsBy<T>(make: (key: PasswordKey) => T): Record<PasswordKey, T> {
  return Object.fromEntries(passwordKeys.map((key) => [key, make(key)])) as Record<PasswordKey, T>;
}
