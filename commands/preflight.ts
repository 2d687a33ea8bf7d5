import { z } from "zod";
import { runScript, waitUntil } from "./gate.ts";
import { collect } from "./preflight/collect.ts";
import { preflightVerdict, refusal } from "../analyzers/preflight/verdict.ts";
import type { PreflightReport, PreflightVerdict } from "../analyzers/preflight/verdict.ts";

const demandSchema = z.object({ cpuMillis: z.number(), memoryMiB: z.number() });

const inputSchema = z.object({
  context: z.string().optional(),
  mode: z.enum(["enforce", "warn"]),
  /** How long to wait for what may settle by itself. */
  timeoutSeconds: z.int(),
  domain: z.string(),
  publicIPs: z.array(z.string()),
  apiServerPort: z.int(),
  nodeCount: z.int(),
  pools: z.array(
    z.object({
      name: z.string(),
      count: z.int(),
      gpusPerNode: z.int(),
      slicesPerNode: z.int(),
      labels: z.record(z.string(), z.string()),
    }),
  ),
  turnLabels: z.record(z.string(), z.string()),
  demand: z.object({ kasm: demandSchema, initJob: demandSchema, desktop: demandSchema }),
  storage: z.object({ className: z.string(), isOurs: z.boolean() }),
  nginxResolver: z.string(),
  traefik: z.enum(["k3s", "own"]),
  enforceIdentity: z.boolean(),
  certificate: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("secret"), secretName: z.string() }),
    z.object({
      kind: z.literal("cert-manager"),
      issuerName: z.string(),
      issuerKind: z.enum(["Issuer", "ClusterIssuer"]),
    }),
    z.object({ kind: z.literal("self-signed") }),
  ]),
  namespaces: z.record(z.string(), z.string()),
  ports: z.array(
    z.object({
      from: z.int(),
      to: z.int(),
      protocol: z.enum(["TCP", "UDP"]),
      use: z.string(),
      level: z.enum(["required", "recommended"]),
    }),
  ),
  crds: z.array(z.string()),
});

await runScript(inputSchema, async ({ mode, timeoutSeconds, ...expected }, client) => {
  const verdict = await waitUntil<PreflightVerdict>(
    async () => {
      const seen = preflightVerdict(expected, await collect(client, expected));
      if (mode === "warn" || seen.failures.length === 0) return { done: seen };
      if (!seen.maySettle) throw new Error(refusal(seen));
      return { waiting: refusal(seen) };
    },
    { timeoutSeconds },
  );
  const report = reportOf(verdict);
  for (const warning of report.warnings) console.error(`warning: ${warning}`);
  for (const reason of report.unknown) console.error(reason);
  return report;
});

/** Failures are only there in mode `warn`. */
function reportOf({ passed, failures, warnings, unknown }: PreflightVerdict): PreflightReport {
  return { passed, warnings: [...failures, ...warnings], unknown };
}
