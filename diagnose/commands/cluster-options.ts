import type { Command } from "commander";
import { InvalidArgumentError } from "commander";
import { readSnapshot } from "../collect/folder.ts";
import { collect } from "../collect/collect.ts";
import { progressOn } from "../progress.ts";
import { ClusterClient, loadKubeConfig } from "../../kube/client.ts";
import type { Snapshot } from "../../analyzers/snapshot.ts";

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
    .option("--timeout <seconds>", "for one answer of the API server", seconds, 30);
}

/** What the cluster looks like now, or did when the file was written. */
export async function takeSnapshot({ kubeconfig, context, timeout, from }: ClusterOptions): Promise<Snapshot> {
  if (from !== undefined) return readSnapshot(from);
  const config = loadKubeConfig({ ...(kubeconfig && { file: kubeconfig }), ...(context && { context }) });
  const client = new ClusterClient(config, { requestTimeoutMs: timeout * 1_000 });
  const progress = progressOn(process.stderr);
  try {
    return await collect(client, progress.tell);
  } finally {
    progress.end();
    await config.close();
  }
}

function seconds(text: string): number {
  const [, number, unit] = /^(\d+)(s|m)?$/.exec(text) ?? [];
  if (number === undefined) throw new InvalidArgumentError("give seconds, such as 30 or 30s.");
  return Number(number) * (unit === "m" ? 60 : 1);
}
