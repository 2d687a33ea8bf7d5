import { isIPv4 } from "node:net";
import { gpuCount, gpuSlices, nodeCount } from "../components/node-pool.ts";
import type { StackConfig } from "./config.ts";

/** One record set that DNS should carry. */
export interface DnsRecord {
  readonly name: string;
  readonly type: "A" | "AAAA";
  /** Seconds. */
  readonly ttl: number;
  readonly values: readonly string[];
}

// Round robin over node addresses has no health check, so a node that is gone should be forgotten soon.
const ttlSeconds = 300;

/** Records for the base domain and everything below it; none for a family without addresses. Order is stable. */
export function dnsRecords(domain: string, addresses: readonly string[]): DnsRecord[] {
  const families = [
    { type: "A" as const, values: [...new Set(addresses.filter((ip) => isIPv4(ip)))].sort() },
    { type: "AAAA" as const, values: [...new Set(addresses.filter((ip) => !isIPv4(ip)))].sort() },
  ];
  return [domain, `*.${domain}`].flatMap((name) =>
    families
      .filter(({ values }) => values.length > 0)
      .map(({ type, values }) => ({ name, type, ttl: ttlSeconds, values })),
  );
}

/** Outputs that the config alone decides. Every GPU session takes one slice, so there are as many as slices. */
export function plannedOutputs({ domain, pools, namespaces }: StackConfig) {
  const slices = gpuSlices(pools);
  return {
    urls: { kasm: `https://${domain}` },
    capacity: { nodes: nodeCount(pools), gpus: gpuCount(pools), slices, sessions: slices },
    namespaces: { ...namespaces },
    // Null until the platform has a TURN server: consumers find the key at its place.
    turn: null,
  };
}
