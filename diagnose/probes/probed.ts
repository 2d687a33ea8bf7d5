import { readFileSync } from "node:fs";
import { PortForward } from "@kubernetes/client-node";
import type { Command } from "commander";
import type { Snapshot } from "../../analyzers/snapshot.ts";
import { loadKubeConfig } from "../../kube/client.ts";
import type { ClusterOptions } from "../commands/cluster-options.ts";
import { runProbes } from "./run.ts";

/** Flags of a command that asks the data plane as well. */
export interface ProbeOptions {
  readonly probe: boolean;
  /** File. */
  readonly turnSecret?: string;
}

// Of each question: all are asked at once.
const timeoutMs = 3_000;

export function withProbeOptions(command: Command): Command {
  return command
    .option("--no-probe", "read the API alone: ask neither Traefik, desktops nor the TURN server")
    .option("--turn-secret <file>", "file with the TURN server's shared secret, to ask it for a relay");
}

/** The snapshot with what the data plane answered. One from a file stays as it is: its cluster may be another by now. */
export async function probed(snapshot: Snapshot, options: ClusterOptions & ProbeOptions): Promise<Snapshot> {
  const { probe, from, kubeconfig, context, turnSecret } = options;
  if (!probe || from !== undefined) return snapshot;
  const config = loadKubeConfig({ ...(kubeconfig && { file: kubeconfig }), ...(context && { context }) });
  try {
    const probes = await runProbes(snapshot, {
      forwarder: new PortForward(config),
      timeoutMs,
      ...(turnSecret !== undefined && { turnSecret: readFileSync(turnSecret, "utf8").trim() }),
    });
    return { ...snapshot, probes };
  } finally {
    await config.close();
  }
}
