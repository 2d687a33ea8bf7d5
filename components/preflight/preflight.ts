import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { preflightInput } from "./values.ts";
import type { PreflightExpectation } from "./values.ts";
import { findings, script } from "../gates/script.ts";
import type { ClusterAccess } from "../gates/script.ts";

export interface PreflightArgs extends PreflightExpectation {
  /** `warn`: what is missing is told, and the program goes on. */
  readonly mode: "enforce" | "warn";
  readonly cluster: ClusterAccess;
}

export interface PreflightReport {
  /** How many checks found nothing. */
  readonly passed: number;
  readonly warnings: readonly string[];
  /** What could not be seen, and why. */
  readonly unknown: readonly string[];
}

/**
 * What has to be true of cluster and machine before anything is installed; everything else depends on it. Runs at the
 * first `up`, and again whenever what the config asks of the cluster changes.
 */
export class Preflight extends pulumi.ComponentResource {
  /** What was seen when it last ran. */
  readonly report: pulumi.Output<PreflightReport>;

  constructor(name: string, args: PreflightArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kasm:cluster:Preflight", name, { mode: args.mode }, opts);
    const checks = new command.local.Command(
      `${name}-checks`,
      script("preflight", args.cluster, { mode: args.mode, ...preflightInput(args) }),
      { parent: this },
    );
    this.report = findings(checks);
    this.registerOutputs({ report: this.report });
  }
}
