import { lookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";
import type { ProbeResult } from "../../analyzers/snapshot.ts";
import { errorCode } from "./errors.ts";
import { within } from "./within.ts";

type Resolve = (host: string) => Promise<readonly { address: string }[]>;

const bySystem: Resolve = (host) => lookup(host, { all: true });

/**
 * Whether a host leads to Traefik, as this machine resolves it. Behind a NAT the Service has private addresses and DNS public
 * ones: these cannot be compared, and pass.
 */
export async function probeDns(
  host: string,
  expected: readonly string[],
  timeoutMs: number,
  resolve: Resolve = bySystem,
): Promise<ProbeResult> {
  const base = { probe: "dns", target: host, about: `Host ${host}` };
  const known = { host, expected: expected.join(", ") };
  try {
    const found = (await within(timeoutMs, resolve(host))).map(({ address }) => address);
    const ok =
      found.some((it) => expected.includes(it)) || !found.some((it) => expected.some((them) => comparable(it, them)));
    return {
      ...base,
      ok,
      message: `has the address ${found.join(", ")}`,
      details: { ...known, addresses: found.join(", ") },
    };
  } catch (error) {
    return {
      ...base,
      ok: false,
      message: "has no address",
      details: { ...known, addresses: "", error: errorCode(error) },
    };
  }
}

function comparable(a: string, b: string): boolean {
  return isIP(a) !== 0 && isIP(a) === isIP(b) && isPrivate(a) === isPrivate(b);
}

const privateRanges = new BlockList();
for (const [network, bits] of [
  ["10.0.0.0", 8],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["198.18.0.0", 15],
] as const)
  privateRanges.addSubnet(network, bits, "ipv4");
privateRanges.addSubnet("fc00::", 7, "ipv6");
privateRanges.addSubnet("::1", 128, "ipv6");

function isPrivate(address: string): boolean {
  return privateRanges.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}
