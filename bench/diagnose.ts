import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { largeCluster } from "./large-cluster.ts";
import type { ClusterSize } from "./large-cluster.ts";
import { servesObjects } from "./object-server.ts";
import { median, rounded } from "./statistics.ts";

export interface DiagnoseFigures extends ClusterSize {
  readonly bench: "diagnose";
  readonly runs: number;
  /** A server in memory on loopback: what is measured is the tool, not an API server. */
  readonly server: "in memory";
  /** Medians, of the whole process as people start it. */
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  readonly maxRssMiB: number;
  readonly requests: number;
  readonly megabytes: number;
  readonly findings: number;
}

interface Run {
  readonly wall: number;
  readonly cpu: number;
  readonly rss: number;
  readonly findings: number;
}

/**
 * Diagnoses a cluster of a size with the bundled file, each time in a process of its own. The lab's nodes could not hold as many
 * pods: a server gives the same pages as an API server would.
 */
export async function benchDiagnose(
  checkout: string,
  size: ClusterSize,
  runs: number,
  say: (line: string) => void,
): Promise<DiagnoseFigures> {
  const folder = mkdtempSync(join(tmpdir(), "kasm-vdi-bench-"));
  const traffic = { requests: 0, bytes: 0 };
  say(`Making ${size.nodes} nodes, ${size.pods} pods and ${size.events} events`);
  const server = createServer(servesObjects(largeCluster(size), traffic));
  try {
    const tool = join(folder, "kasm-vdi.mjs");
    await execa(process.execPath, [join(checkout, "diagnose", "bundle.ts"), tool]);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const kubeconfig = join(folder, "kubeconfig");
    writeFileSync(kubeconfig, kubeconfigFor((server.address() as AddressInfo).port));
    const measured: Run[] = [];
    for (let run = 0; run <= runs; run++) {
      Object.assign(traffic, { requests: 0, bytes: 0 });
      const one = await diagnoseOnce(tool, kubeconfig, folder);
      say(`Run ${run}: ${one.wall.toFixed(2)} s, ${Math.round(one.rss)} MiB${run === 0 ? " (not counted)" : ""}`);
      if (run > 0) measured.push(one);
    }
    const middle = (of: (run: Run) => number) => median(measured.map(of));
    return {
      ...{ bench: "diagnose", server: "in memory", ...size, runs },
      wallSeconds: rounded(middle(({ wall }) => wall)),
      cpuSeconds: rounded(middle(({ cpu }) => cpu)),
      maxRssMiB: Math.round(middle(({ rss }) => rss)),
      requests: traffic.requests,
      megabytes: rounded(traffic.bytes / 1e6),
      findings: middle(({ findings }) => findings),
    };
  } finally {
    server.close();
    rmSync(folder, { recursive: true });
  }
}

/** A child that tells at its end what it took of processor and memory. */
const usageHook = `process.on("exit", () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  require("node:fs").writeFileSync(process.env.USAGE_FILE, JSON.stringify({ rss: maxRSS / 1024, cpu: (userCPUTime + systemCPUTime) / 1e6 }));
});`;

async function diagnoseOnce(tool: string, kubeconfig: string, folder: string): Promise<Run> {
  const [hook, usage] = [join(folder, "usage.cjs"), join(folder, "usage.json")];
  writeFileSync(hook, usageHook);
  const begun = performance.now();
  const args = ["--require", hook, tool, "diagnose", "-o", "json", "--kubeconfig", kubeconfig];
  const { stdout, stderr } = await execa(process.execPath, args, { reject: false, env: { USAGE_FILE: usage } });
  if (stdout === "") throw new Error(stderr);
  const wall = (performance.now() - begun) / 1_000;
  const { summary } = JSON.parse(stdout) as { summary: { failures: number; warnings: number } };
  const { default: measured } = (await import(`${usage}?${begun}`, { with: { type: "json" } })) as {
    default: { rss: number; cpu: number };
  };
  return { wall, ...measured, findings: summary.failures + summary.warnings };
}

function kubeconfigFor(port: number): string {
  return JSON.stringify({
    ...{ apiVersion: "v1", kind: "Config", "current-context": "bench" },
    contexts: [{ name: "bench", context: { cluster: "bench", user: "bench" } }],
    clusters: [{ name: "bench", cluster: { server: `http://127.0.0.1:${port}`, "insecure-skip-tls-verify": true } }],
    users: [{ name: "bench", user: {} }],
  });
}
