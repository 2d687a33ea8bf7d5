import type { Command } from "commander";
import { InvalidArgumentError } from "commander";
import { readSnapshot } from "../collect/folder.ts";
import { collect } from "../collect/collect.ts";
import { progressOn } from "../progress.ts";
import { UsageError } from "../usage-error.ts";
import { ClusterClient, loadKubeConfig } from "../../kube/client.ts";
import type { SharedKubeConfig } from "../../kube/client.ts";
import type { Snapshot } from "../../analyzers/snapshot.ts";
import { secondsOf } from "./duration.ts";

/** Flags that say which cluster, as kubectl has them. */
export interface ClusterOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  /** Seconds. */
  readonly timeout: number;
  readonly from?: string;
}

export function withClusterOptions(command: Command): Command {
  return command
    .option("--kubeconfig <file>", "kubeconfig (default: KUBECONFIG, then ~/.kube/config)")
    .option("--context <name>", "context of the kubeconfig")
    .option("--timeout <seconds>", "for one answer of the API server", duration, 30);
}

/** What the cluster looks like now, or did when the file was written. */
export async function takeSnapshot(options: ClusterOptions): Promise<Snapshot> {
  const { from } = options;
  if (from !== undefined) return readAsked(() => readSnapshot(from));
  return withCluster(options, async (client) => {
    const progress = progressOn(process.stderr);
    try {
      return await collect(client, progress.tell);
    } finally {
      progress.end();
    }
  });
}

/** Runs `work` on the cluster that the flags name. */
export async function withCluster<Result>(
  { kubeconfig, context, timeout }: ClusterOptions,
  work: (client: ClusterClient) => Promise<Result>,
): Promise<Result> {
  const config = readAsked(() => loadKubeConfig({ ...(kubeconfig && { file: kubeconfig }) }));
  if (context !== undefined) useContext(config, context);
  try {
    return await work(new ClusterClient(config, { requestTimeoutMs: timeout * 1_000 }));
  } finally {
    await config.close();
  }
}

/** For options that take a duration. */
export function duration(text: string): number {
  const seconds = secondsOf(text);
  if (seconds === undefined) throw new InvalidArgumentError("Give a duration, such as 30, 30s or 5m.");
  return seconds;
}

function useContext(config: SharedKubeConfig, context: string): void {
  const names = config.getContexts().map(({ name }) => name);
  if (!names.includes(context))
    throw new UsageError(`The kubeconfig has no context ${context}. It has: ${names.join(", ") || "none"}.`);
  config.setCurrentContext(context);
}

/** A file that somebody named and that cannot be read is bad usage. */
function readAsked<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    const { code, path, message } = error as NodeJS.ErrnoException;
    throw new UsageError(code === "ENOENT" ? `There is no file ${path ?? ""}.` : message, { cause: error });
  }
}
