import { readFileSync } from "node:fs";
import { PortForward } from "@kubernetes/client-node";
import type { Command } from "commander";
import { setTimeout as sleep } from "node:timers/promises";
import type { ProbeResult, Snapshot } from "../../analyzers/snapshot.ts";
import { loadKubeConfig } from "../../kube/client.ts";
import { withCluster } from "../commands/cluster-options.ts";
import type { ClusterOptions } from "../commands/cluster-options.ts";
import { runProbePod } from "../probe-pod/run.ts";
import { UsageError } from "../usage-error.ts";
import { runProbes } from "./run.ts";

/** Flags of a command that asks the data plane as well. */
export interface ProbeOptions {
  readonly probe: boolean;
  readonly probePod?: true;
  readonly probeImage: string;
  readonly probeNamespace: string;
  /** File. */
  readonly turnSecret?: string;
}

// Of each question: all are asked at once.
const timeoutMs = 3_000;

export function withProbeOptions(command: Command): Command {
  return command
    .option("--no-probe", "read the API alone: ask neither Traefik, desktops nor the TURN server")
    .option("--probe-pod", "make one short-lived pod that looks from inside the cluster, and delete it again")
    .option(
      "--probe-image <image>",
      "its image, with sh, nslookup and nc",
      "docker.io/rancher/mirrored-library-busybox:1.37.0",
    )
    .option("--probe-namespace <name>", "its namespace", "kasm")
    .option("--turn-secret <file>", "file with the TURN server's shared secret, to ask it for a relay");
}

/** The snapshot with what the data plane answered. One from a file stays as it is: its cluster may be another by now. */
export async function probed(snapshot: Snapshot, options: ClusterOptions & ProbeOptions): Promise<Snapshot> {
  const { probe, from, kubeconfig, context, turnSecret, probePod } = options;
  if (probePod && from !== undefined) throw new UsageError("--from reads a file: --probe-pod needs a cluster.");
  if (probePod && !probe) throw new UsageError("--probe-pod does not go with --no-probe.");
  if (!probe || from !== undefined) return snapshot;
  const config = loadKubeConfig({ ...(kubeconfig && { file: kubeconfig }), ...(context && { context }) });
  try {
    const probes = await runProbes(snapshot, {
      forwarder: new PortForward(config),
      timeoutMs,
      ...(turnSecret !== undefined && { turnSecret: readFileSync(turnSecret, "utf8").trim() }),
    });
    const inside = probePod ? await fromInside(snapshot, options) : [];
    return { ...snapshot, probes: [...probes, ...inside] };
  } finally {
    await config.close();
  }
}

/** Ctrl-C ends the look, and not before the pod is deleted. */
async function fromInside(snapshot: Snapshot, options: ClusterOptions & ProbeOptions): Promise<ProbeResult[]> {
  const ended = new AbortController();
  const end = () => ended.abort();
  process.on("SIGINT", end).on("SIGTERM", end);
  const { probeNamespace: namespace, probeImage: image } = options;
  const pause = (ms: number) => sleep(ms, undefined, { signal: ended.signal }).catch(() => undefined);
  try {
    const results = await withCluster(options, (client) =>
      runProbePod(snapshot, client, { namespace, image, pause, signal: ended.signal }),
    );
    if (ended.signal.aborted) process.exit(130);
    return results;
  } finally {
    process.off("SIGINT", end).off("SIGTERM", end);
  }
}
