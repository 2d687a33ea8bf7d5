import * as command from "@pulumi/command";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { script } from "./script.ts";
import type { ClusterAccess } from "./script.ts";

/** What a gate looks at. */
export type Installed =
  k8s.helm.v3.Release | k8s.apps.v1.Deployment | k8s.apps.v1.DaemonSet | k8s.apiextensions.CustomResource;

/**
 * A gate that runs when something was installed, and again after each change of it. While it fails it is not in the state
 * with its new inputs, so that each `up` runs it anew, until it is content.
 *
 * @param run name of a script in commands/
 */
export function gateAfter(
  name: string,
  installed: Installed,
  { run, cluster, input }: { readonly run: string; readonly cluster: ClusterAccess; readonly input: object },
  opts: pulumi.CustomResourceOptions,
): command.local.Command {
  // A hash of what is wanted would not do: after a failure and a way back it would be the one that the state has.
  const revision = installed instanceof k8s.helm.v3.Release ? installed.status.revision : installed.metadata.generation;
  // Before it is made, a preview knows no id, and so no revision either.
  const made = pulumi.all([installed.id, revision]).apply(([, number]) => String(number));
  const args = script(run, cluster, input);
  return new command.local.Command(
    name,
    { ...args, environment: { ...args.environment, REVISION: made } },
    { ...opts, dependsOn: installed },
  );
}
