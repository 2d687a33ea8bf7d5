import * as command from "@pulumi/command";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { ownProvisioner } from "./provisioner.ts";
import { configHash, k3sLocalPath, ownLocalPath, setupScript } from "./manifests.ts";
import type { OwnLocalPathArgs } from "./manifests.ts";
import { findings, script } from "../gates/script.ts";
import type { ClusterAccess } from "../gates/script.ts";

export interface LocalPathStorageArgs extends OwnLocalPathArgs {
  /**
   * `check` looks, and changes nothing. `patch` overrides the setup script in K3s's ConfigMap, until the next start of a
   * K3s server. `own` installs a provisioner and a class of our own, which K3s leaves alone.
   */
  readonly mode: "check" | "patch" | "own";
  readonly cluster: ClusterAccess;
  /** For a provisioner of our own to run. */
  readonly timeoutSeconds: number;
}

export interface StorageReport {
  /** One sentence about the class. */
  readonly report: string;
}

/** The storage that Kasm's volumes come from. `up` fails here when volumes would not be writable for Kasm's users. */
export class LocalPathStorage extends pulumi.ComponentResource {
  /** The StorageClass; who uses it has to depend on the component. */
  readonly className: string;
  /** What the check saw. */
  readonly report: pulumi.Output<StorageReport>;

  constructor(name: string, args: LocalPathStorageArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kasm:storage:LocalPathStorage", name, { mode: args.mode }, opts);
    const child = { parent: this };
    const { className, cluster, mode } = args;
    const before = {
      check: () => [],
      patch: () => [patchedSetup(name, cluster, child)],
      own: () => ownProvisioner(name, args, cluster, child),
    }[mode]();
    const check = new command.local.Command(
      `${name}-check`,
      script("local-path-check", cluster, {
        className,
        localPath: mode === "own" ? ownLocalPath(args.namespace) : k3sLocalPath,
        // Looks again after a change of what was installed.
        ...(mode !== "check" && { mode }),
        ...(mode === "own" && { config: configHash(args) }),
      }),
      { ...child, dependsOn: before },
    );
    this.className = className;
    this.report = findings(check);
    this.registerOutputs({ className, report: this.report });
  }
}

/** Only the key `setup`; where K3s has the same text this changes nothing, and K3s keeps its share of the field. */
function patchedSetup(name: string, cluster: ClusterAccess, child: pulumi.CustomResourceOptions): pulumi.Resource {
  const { namespace, configMap } = k3sLocalPath;
  // A patch of a ConfigMap that is not there would make a stub of one.
  const guard = new command.local.Command(
    `${name}-guard`,
    script("local-path-guard", cluster, { localPath: k3sLocalPath }),
    child,
  );
  return new k8s.core.v1.ConfigMapPatch(
    `${name}-setup`,
    {
      metadata: {
        name: configMap,
        namespace,
        annotations: {
          // K3s's deploy controller holds the field, and takes it back at each of its starts.
          "pulumi.com/patchForce": "true",
          "pulumi.com/patchFieldManager": "kasm-vdi-local-path",
        },
      },
      data: { setup: setupScript },
    },
    // Giving the field back would remove it, since K3s no longer shares it: no volume could be made until K3s restarts.
    { ...child, dependsOn: guard, retainOnDelete: true },
  );
}
