import { isIP } from "node:net";
import { gpuCount, gpuSlices, nodeCount } from "../components/capacity/node-pool.ts";
import { portalUrl } from "../components/portal/settings.ts";
import { sessionCapacity } from "../components/capacity/session-capacity.ts";
import { defaultDesktop } from "../components/vdi-operator/templates.ts";
import type { StackConfig } from "./config.ts";

/** One record set that DNS should carry. */
export interface DnsRecord {
  readonly name: string;
  readonly type: "A" | "AAAA" | "CNAME";
  /** Seconds. */
  readonly ttl: number;
  readonly values: readonly string[];
}

// Round robin over node addresses has no health check, so a node that is gone should be forgotten soon.
const ttlSeconds = 300;

/**
 * Records (CNAME where a load balancer has but a host name) for the base domain, everything below it, and the TURN server, which has addresses of its own; none for a family
 * without addresses. Order is stable.
 */
export function dnsRecords(
  domain: string,
  addresses: readonly string[],
  turn?: { readonly host: string; readonly addresses: readonly string[] },
): DnsRecord[] {
  return [
    ...[domain, `*.${domain}`].flatMap((name) => recordsOf(name, addresses)),
    ...(turn ? recordsOf(turn.host, turn.addresses) : []),
  ];
}

function recordsOf(name: string, addresses: readonly string[]): DnsRecord[] {
  const sorted = [...new Set(addresses)].sort();
  const families = [
    { type: "A" as const, values: sorted.filter((it) => isIP(it) === 4) },
    { type: "AAAA" as const, values: sorted.filter((it) => isIP(it) === 6) },
    // A name has one CNAME, and nothing beside it.
    ...(sorted.some((it) => isIP(it) !== 0) ? [] : [{ type: "CNAME" as const, values: sorted.slice(0, 1) }]),
  ];
  return families
    .filter(({ values }) => values.length > 0)
    .map(({ type, values }) => ({ name, type, ttl: ttlSeconds, values }));
}

/**
 * Outputs that the config alone decides. Sessions are those of the default template that fit at once. What is not
 * installed is null, so that consumers find every key at its place.
 */
export function plannedOutputs({
  domain,
  pools,
  nodeSize,
  kasm,
  namespaces,
  traefik,
  turn,
  storage,
  portal,
}: StackConfig) {
  const slices = gpuSlices(pools);
  const gpus = gpuCount(pools);
  const sessions = sessionCapacity(pools, nodeSize, kasm.sizing, defaultDesktop(slices));
  return {
    urls: { kasm: `https://${domain}`, portal: portal ? portalUrl(portal) : null },
    capacity: { nodes: nodeCount(pools), gpus, slices, sessions },
    namespaces: {
      kasm: namespaces.kasm,
      vdi: namespaces.vdi,
      operator: namespaces.operator,
      traefik: traefik.mode === "own" ? namespaces.traefik : "kube-system",
      gpuOperator: gpus > 0 ? namespaces.gpuOperator : null,
      turn: turn ? namespaces.turn : null,
      storage: storage.mode === "own" ? namespaces.storage : null,
    },
    turn: turn
      ? {
          host: turn.host,
          realm: turn.realm,
          ports: {
            listen: turn.ports.listen,
            tls: turn.tlsSecretName === undefined ? null : turn.ports.tls,
            relay: [turn.ports.relayMin, turn.ports.relayMax],
          },
        }
      : null,
  };
}
