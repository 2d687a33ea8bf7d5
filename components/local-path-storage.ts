import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { findings, script } from "./script.ts";
import type { ClusterAccess } from "./script.ts";

export interface LocalPathStorageArgs {
  /** Only `check`: looks, and changes nothing. */
  readonly mode: "check";
  readonly className: string;
  readonly cluster: ClusterAccess;
}

export interface StorageReport {
  /** One sentence about the class. */
  readonly report: string;
}

/** The storage that Kasm's volumes come from. `up` fails here when volumes would not be writable for Kasm's users. */
export class LocalPathStorage extends pulumi.ComponentResource {
  /** What the check saw. */
  readonly report: pulumi.Output<StorageReport>;

  constructor(name: string, args: LocalPathStorageArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kasm:storage:LocalPathStorage", name, { mode: args.mode }, opts);
    const check = new command.local.Command(
      `${name}-check`,
      script("local-path-check", args.cluster, { className: args.className }),
      { parent: this },
    );
    this.report = findings(check);
    this.registerOutputs({ report: this.report });
  }
}
