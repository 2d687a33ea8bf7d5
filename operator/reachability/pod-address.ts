import { BlockList, isIP } from "node:net";

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

const noPods = new BlockList();
for (const [net, prefix] of [
  ["0.0.0.0", 8],
  ["169.254.0.0", 16],
  ["224.0.0.0", 3],
] as const)
  noPods.addSubnet(net, prefix, "ipv4");
for (const [net, prefix] of [
  ["::", 128],
  ["fe80::", 10],
  ["ff00::", 8],
] as const)
  noPods.addSubnet(net, prefix, "ipv6");

export interface AddressRules {
  /** Of the node that the pod is on. */
  readonly nodeIp?: string | undefined;
  /** For tests. */
  readonly allowLoopback?: boolean | undefined;
}

/**
 * Why an address cannot be a desktop's, as a sentence; undefined when it can. The operator sends a session's password
 * there: not to itself, to a cloud's metadata service or to a node.
 */
export function podAddressProblem(ip: string, { nodeIp, allowLoopback = false }: AddressRules): string | undefined {
  const family = isIP(ip) === 6 ? "ipv6" : "ipv4";
  if (isIP(ip) === 0) return `The pod's address ${JSON.stringify(ip)} is no IP address.`;
  if (noPods.check(ip, family)) return `The pod's address ${ip} is in a range that pods have no addresses in.`;
  if (loopback.check(ip, family) && !allowLoopback) return `The pod's address ${ip} is a loopback address.`;
  if (ip === nodeIp) return `The pod's address ${ip} is that of its node: desktops are not in the host's network.`;
  return undefined;
}
