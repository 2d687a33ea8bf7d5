import * as command from "@pulumi/command";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import {
  adminUser,
  certificateSecret,
  databaseRefusal,
  kasmValues,
  kasmVersion,
  passwordKeys,
  releaseName,
  secretName,
} from "./kasm-workspaces.values.ts";
import type { KasmValuesArgs } from "./kasm-workspaces.values.ts";
import { chartRelease } from "./release.ts";
import { script } from "./script.ts";
import type { ClusterAccess } from "./script.ts";

export interface KasmWorkspacesArgs extends KasmValuesArgs {
  readonly namespace: string;
  readonly cluster: ClusterAccess;
  readonly timeoutSeconds: number;
  /** Refuses to delete what the data depends on: the namespace with its volumes, and the passwords. */
  readonly protectData: boolean;
}

/** Kasm's control plane behind Traefik. Its sessions run on agents outside the cluster. */
export class KasmWorkspaces extends pulumi.ComponentResource {
  readonly adminUser: pulumi.Output<string>;
  readonly adminPassword: pulumi.Output<string>;

  constructor(name: string, args: KasmWorkspacesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kasm:workspaces:KasmWorkspaces", name, { version: args.chart.version }, opts);
    const child = { parent: this };
    const data = { ...child, protect: args.protectData };

    const namespace = new k8s.core.v1.Namespace(`${name}-namespace`, { metadata: { name: args.namespace } }, data);
    const inNamespace = { ...data, dependsOn: namespace };
    const passwords = passwordKeys.map(
      (key) => [key, new random.RandomPassword(`${name}-${key}`, { length: 26, special: false }, data)] as const,
    );
    const secret = new k8s.core.v1.Secret(
      `${name}-secrets`,
      {
        metadata: { name: secretName, namespace: args.namespace },
        stringData: Object.fromEntries(passwords.map(([key, password]) => [key, password.result])),
      },
      inNamespace,
    );
    const record = this.databaseRecord(name, args, inNamespace);
    const certificate = this.certificate(name, args, namespace);

    new k8s.helm.v3.Release(
      `${name}-release`,
      {
        ...chartRelease(releaseName, args.namespace, args.chart, args.timeoutSeconds),
        values: kasmValues(args),
      },
      { ...child, dependsOn: [namespace, secret, this.unlessRefused(record, args), ...certificate] },
    );

    this.adminUser = pulumi.output(adminUser);
    this.adminPassword = passwords[0]?.[1].result ?? pulumi.secret("");
    this.registerOutputs({ adminUser: this.adminUser });
  }

  /** Remembers the Kasm version of the database: only an upgrade writes it again. */
  private databaseRecord(name: string, args: KasmWorkspacesArgs, opts: pulumi.CustomResourceOptions) {
    return new k8s.core.v1.ConfigMap(
      `${name}-database`,
      {
        metadata: { name: `${releaseName}-database-version`, namespace: args.namespace },
        data: { version: kasmVersion(args.chart.version) },
      },
      { ...opts, ignoreChanges: args.database === "upgrade" ? [] : ["data"] },
    );
  }

  /**
   * Stops the program before the release when the chart would start with an empty database. Told as a dependency rather
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
        { parent: this, dependsOn: namespace },
      ),
    ];
  }
}
