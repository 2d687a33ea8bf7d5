import type * as command from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";

/** Node keeps compiled modules there, which halves the time that a script takes to start. */
const compileCache = "node_modules/.cache/node-compile-cache";

/** How the scripts in commands/ reach the cluster; what is absent comes from the environment of `pulumi`. */
export interface ClusterAccess {
  readonly kubeconfig?: string;
  readonly context?: string;
}

/**
 * Arguments of a `local.Command` that runs one of the scripts in commands/ from the project's root. It runs on creation
 * and again whenever `input` changes; its one line of JSON is the command's stdout.
 *
 * @param input becomes the script's INPUT, as JSON
 */
export function script(name: string, cluster: ClusterAccess, input: object) {
  const run = `node commands/${name}.ts`;
  return {
    create: run,
    // Without it a change would replace the command, and with it delete what the script made.
    update: run,
    environment: {
      INPUT: JSON.stringify({ ...input, ...(cluster.context !== undefined && { context: cluster.context }) }),
      ...(cluster.kubeconfig !== undefined && { KUBECONFIG: cluster.kubeconfig }),
      NODE_COMPILE_CACHE: compileCache,
    },
  } satisfies command.local.CommandArgs;
}

/** What the script found: the one line of JSON that it prints. */
export function findings<T>(run: command.local.Command): pulumi.Output<T> {
  return run.stdout.apply((line) => JSON.parse(line) as T);
}
