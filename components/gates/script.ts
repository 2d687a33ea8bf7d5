import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import type * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { currentBuild } from "./current-build.ts";

/** All scripts in one file, which starts in a third of the time. */
const bundle = "dist/commands.mjs";

/** Node keeps compiled modules there, which halves the time that a script takes to start. */
const compileCache = "node_modules/.cache/node-compile-cache";

/** How the cluster is reached; where kubeconfig and context are absent they come from the environment of `pulumi`. */
export interface ClusterAccess {
  readonly kubeconfig?: string;
  readonly context?: string;
  /** Port at which pods reach the API server. Default: 6443. */
  readonly apiServerPort?: number;
}

/**
 * Makes sure that the bundle of the scripts in commands/ is that of their sources; before any of them runs.
 *
 * @throws RunError that says why it cannot be built
 */
export function buildScripts(): void {
  const build = {
    file: bundle,
    sources: ["commands", "analyzers", "helm", "kube", "package-lock.json"],
    script: "commands/bundle.ts",
    otherwise: "`npm ci` installs what it is built with, and `npm run bundle` shows the same.",
  };
  currentBuild(build, join(import.meta.dirname, "..", ".."));
}

/**
 * Arguments of a `local.Command` that runs one of the scripts in commands/ from the project's root. It runs on creation
 * and again whenever `input` changes; its one line of JSON is the command's stdout.
 *
 * @param input becomes the script's INPUT, as JSON
 */
export function script(name: string, cluster: ClusterAccess, input: object) {
  const run = `node ${bundle} ${name}`;
  return {
    create: run,
    // Without it a change would replace the command, and with it delete what the script made.
    update: run,
    environment: environmentOf(cluster, input),
  } satisfies command.local.CommandArgs;
}

/**
 * Arguments of a `local.Command` that runs one of the scripts when it is deleted. From its sources: a destroy does not run the
 * program, and so may have no bundle.
 */
export function scriptAtDeletion(name: string, cluster: ClusterAccess, input: object) {
  return {
    delete: `node commands/${name}.ts`,
    environment: environmentOf(cluster, input),
  } satisfies command.local.CommandArgs;
}

/** What the script found: the one line of JSON that it prints. */
export function findings<T>(run: command.local.Command): pulumi.Output<T> {
  return run.stdout.apply((line) => JSON.parse(line) as T);
}

/**
 * Runs a script at once, without a resource. What it waits for is shown as it comes.
 *
 * @returns the one line of JSON that it prints
 * @throws Error with what it says when it fails
 */
export async function runScript<T>(name: string, cluster: ClusterAccess, input: object): Promise<T> {
  const env = { ...process.env, ...environmentOf(cluster, input) };
  const run = spawn(process.execPath, [bundle, name], { env, stdio: ["ignore", "pipe", "pipe"] });
  const exit = new Promise<number | null>((resolve, reject) => run.once("error", reject).once("close", resolve));
  const [code, stdout, message] = await Promise.all([exit, text(run.stdout), messageIn(run.stderr)]);
  if (code !== 0) throw new Error(message);
  return JSON.parse(stdout) as T;
}

function environmentOf({ kubeconfig, context }: ClusterAccess, input: object) {
  return {
    INPUT: JSON.stringify({ ...input, ...(context !== undefined && { context }) }),
    ...(kubeconfig !== undefined && { KUBECONFIG: kubeconfig }),
    NODE_COMPILE_CACHE: compileCache,
  };
}

/** Shows progress (lines that begin with `waiting:`, and indented ones after them) as it comes, and returns all else. */
async function messageIn(stderr: NodeJS.ReadableStream): Promise<string> {
  const message: string[] = [];
  for await (const line of createInterface({ input: stderr }))
    if (/^(waiting: | )/.test(line)) await pulumi.log.info(line);
    else message.push(line);
  return message.join("\n");
}
