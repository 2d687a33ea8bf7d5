import { initJobDemand, kasmDemand } from "../kasm-workspaces/demand.ts";
import { stockApiServerPort } from "../objects/network-policy.ts";
import type { KasmSizing } from "../kasm-workspaces/sizing.ts";
import type { CertificateSource } from "../kasm-workspaces/values.ts";
import { gpuCount, gpuSlices, nodeCount, requiredNodeLabels, slicesPerNode } from "../capacity/node-pool.ts";
import type { NodePool } from "../capacity/node-pool.ts";
import { defaultDesktop } from "../vdi-operator/templates.ts";

/** What the checks are about: parts of the stack's config, named as there. */
export interface PreflightExpectation {
  readonly domain: string;
  readonly publicIPs: readonly string[];
  readonly cluster: { readonly apiServerPort?: number };
  readonly pools: readonly NodePool[];
  readonly namespaces: Readonly<Record<"kasm" | "gpuOperator" | "turn" | "storage" | "traefik", string>> &
    Readonly<Record<string, string>>;
  readonly kasm: {
    readonly sizing: KasmSizing;
    readonly nginxResolver: string;
    readonly directRdp?: { readonly port: number };
  };
  readonly certificate: CertificateSource;
  readonly storage: { readonly mode: "check" | "patch" | "own"; readonly className: string };
  readonly traefik: { readonly mode: "k3s" | "own" };
  readonly operator: { readonly enforceIdentity: boolean };
  readonly turn?: {
    readonly nodeLabels: Readonly<Record<string, string>>;
    readonly tlsSecretName?: string | undefined;
    readonly ports: {
      readonly listen: number;
      readonly tls: number;
      readonly relayMin: number;
      readonly relayMax: number;
    };
  };
  /** Names of the CRDs that the program makes. */
  readonly crds: readonly string[];
}

// A K3s that has just started lays its packaged components down within its first minutes.
const settleSeconds = 120;

/** INPUT of commands/preflight.ts, apart from the mode. Only what the stack really makes is asked for. */
export function preflightInput(expected: PreflightExpectation) {
  const { pools, kasm, storage, traefik, turn } = expected;
  return {
    timeoutSeconds: settleSeconds,
    domain: expected.domain,
    publicIPs: expected.publicIPs,
    apiServerPort: expected.cluster.apiServerPort ?? stockApiServerPort,
    nodeCount: nodeCount(pools),
    pools: pools.map((pool) => ({
      name: pool.name,
      count: pool.count,
      gpusPerNode: pool.gpusPerNode,
      slicesPerNode: slicesPerNode(pool),
      labels: requiredNodeLabels(pool, pools),
    })),
    turnLabels: turn?.nodeLabels ?? {},
    demand: {
      kasm: kasmDemand(kasm.sizing),
      initJob: initJobDemand,
      desktop: defaultDesktop(gpuSlices(pools)),
    },
    storage: { className: storage.className, isOurs: storage.mode === "own" },
    nginxResolver: kasm.nginxResolver,
    traefik: traefik.mode,
    enforceIdentity: expected.operator.enforceIdentity,
    certificate: expected.certificate,
    namespaces: madeNamespaces(expected),
    ports: [...entryPorts, rdpPort(kasm.directRdp), ...(turn ? turnPorts(turn) : [])],
    crds: expected.crds,
  };
}

function madeNamespaces({ namespaces, pools, turn, storage, traefik }: PreflightExpectation) {
  const isMade: Record<string, boolean> = {
    gpuOperator: gpuCount(pools) > 0,
    turn: turn !== undefined,
    storage: storage.mode === "own",
    traefik: traefik.mode === "own",
  };
  return Object.fromEntries(Object.entries(namespaces).filter(([part]) => isMade[part] ?? true));
}

const one = (port: number, protocol: "TCP" | "UDP", use: string, level: "required" | "recommended" = "required") => ({
  from: port,
  to: port,
  protocol,
  use,
  level,
});

const entryPorts = [one(80, "TCP", "Traefik"), one(443, "TCP", "Traefik")];

// Kasm's gateways take RDP through 443; the port of its own is for clients that speak RDP directly.
function rdpPort(directRdp: PreflightExpectation["kasm"]["directRdp"]) {
  return one(directRdp?.port ?? 3389, "TCP", "direct RDP", directRdp ? "required" : "recommended");
}

function turnPorts({
  ports: { listen, tls, relayMin, relayMax },
  tlsSecretName,
}: NonNullable<PreflightExpectation["turn"]>) {
  return [
    one(listen, "UDP", "TURN"),
    one(listen, "TCP", "TURN"),
    ...(tlsSecretName === undefined ? [] : [one(tls, "TCP", "TURN over TLS")]),
    { from: relayMin, to: relayMax, protocol: "UDP", use: "TURN's relay", level: "required" } as const,
  ];
}
