import { isIPv4 } from "node:net";
import { cidrRange, overlap } from "../objects/address-range.ts";
import type { AddressRange } from "../objects/address-range.ts";

export interface TurnPorts {
  /** UDP and TCP. */
  readonly listen: number;
  /** TLS over TCP; only with a certificate. */
  readonly tls: number;
  /** The relay range, UDP; browsers and firewalls see each of these ports on the node. */
  readonly relayMin: number;
  readonly relayMax: number;
}

export interface TurnConfigArgs {
  readonly realm: string;
  readonly ports: TurnPorts;
  /** Addresses of the TURN nodes, as browsers reach them. */
  readonly publicIPs: readonly string[];
  /** Public address by the node's own (private) one, for nodes behind a 1:1 NAT. */
  readonly nat?: Readonly<Record<string, string>>;
  /** CIDR blocks of the pods: the only private addresses that traffic is relayed to. */
  readonly allowedPeers: readonly string[];
  /** Allocations of one user, and of all users together. */
  readonly userQuota: number;
  readonly totalQuota: number;
  readonly tlsSecretName?: string;
}

/** Where the pod finds its files. */
export const turnPaths = { config: "/etc/coturn", tls: "/etc/coturn-tls", data: "/var/lib/coturn" };

/** Name of the file of nodes that are behind no NAT, or behind the only address there is. */
export const plainConfigFile = "turnserver.conf";

/** Name of the file of one node that is behind a NAT; the pod puts its node's address in. */
export function natConfigFile(nodeAddress: string): string {
  return `${nodeAddress}.conf`;
}

/**
 * The configuration files by name, secret included: one for all nodes, or one per node behind a NAT.
 *
 * A node behind NAT gets its public address as a plain `external-ip`. The form `public/private`, which would do for all
 * nodes in one file, also allows the private address as a peer (coturn/coturn:src/apps/relay/mainrelay.c), and with it
 * every UDP service of the node.
 */
export function turnConfigFiles(args: TurnConfigArgs, sharedSecret: string): Record<string, string> {
  const nodes = Object.entries(args.nat ?? {});
  if (nodes.length === 0) return { [plainConfigFile]: turnConfig(args, sharedSecret, onlyAddress(args.publicIPs)) };
  return Object.fromEntries(
    nodes.map(([privateAddress, publicAddress]) => [
      natConfigFile(privateAddress),
      turnConfig(args, sharedSecret, [
        `listening-ip=${privateAddress}`,
        `relay-ip=${privateAddress}`,
        `external-ip=${publicAddress}`,
      ]),
    ]),
  );
}

/**
 * What is wrong with a range of peers, as a sentence; undefined when nothing is. An allowed range wins over every
 * denied one, so one that is too wide makes the server relay to the node itself.
 */
export function peerProblem(cidr: string): string | undefined {
  const range = cidrRange(cidr);
  const touched = neverPeers.find(([reserved]) => overlap(range, reserved));
  return touched && `${cidr} holds ${touched[1]}; allow only the range of the pods, which in K3s is 10.42.0.0/16`;
}

// coturn takes an address without a private part once, and reports it for every relay, those of IPv6 included; so it
// serves where one IPv4 address is all there is. A node that owns the address reports the same without it.
function onlyAddress(publicIPs: readonly string[]): string[] {
  const [address] = publicIPs;
  return publicIPs.length === 1 && address !== undefined && isIPv4(address) ? [`external-ip=${address}`] : [];
}

function turnConfig(args: TurnConfigArgs, sharedSecret: string, addresses: readonly string[]): string {
  const { ports, publicIPs, nat = {} } = args;
  // Traffic from a node to itself passes no firewall in front of it.
  const own = [...publicIPs, ...Object.entries(nat).flat()];
  const denied = [...deniedPeers, ...new Set(own)].map((range) => `denied-peer-ip=${range}`);
  const allowed = args.allowedPeers.map(cidrRange).map(({ first, last }) => `allowed-peer-ip=${first}-${last}`);
  // TLS 1.0 and 1.1 are off unless asked for; the options that switched them off are gone (coturn 4.17: mainrelay.c).
  const tls = [`tls-listening-port=${ports.tls}`, `cert=${turnPaths.tls}/tls.crt`, `pkey=${turnPaths.tls}/tls.key`];
  const lines = [
    // Without a way to authenticate the server is an open relay.
    "use-auth-secret",
    `static-auth-secret=${sharedSecret}`,
    `realm=${args.realm}`,
    `listening-port=${ports.listen}`,
    ...(args.tlsSecretName === undefined ? ["no-tls"] : tls),
    ...addresses,
    `min-port=${ports.relayMin}`,
    `max-port=${ports.relayMax}`,
    ...denied,
    ...allowed,
    "no-multicast-peers",
    "no-tcp-relay",
    `user-quota=${args.userQuota}`,
    `total-quota=${args.totalQuota}`,
    "no-cli",
    "fingerprint",
    "log-file=stdout",
    `pidfile=${turnPaths.data}/turnserver.pid`,
    `userdb=${turnPaths.data}/turndb`,
  ];
  return lines.map((line) => `${line}\n`).join("");
}

// Everything that the registries of special addresses (RFC 6890) keep off the internet, and what reaches it by another
// way: mapped, translated and tunnelled addresses.
const deniedPeers = [
  "0.0.0.0-0.255.255.255",
  "10.0.0.0-10.255.255.255",
  "100.64.0.0-100.127.255.255",
  "127.0.0.0-127.255.255.255",
  "169.254.0.0-169.254.255.255",
  "172.16.0.0-172.31.255.255",
  "192.0.0.0-192.0.0.255",
  "192.0.2.0-192.0.2.255",
  "192.88.99.0-192.88.99.255",
  "192.168.0.0-192.168.255.255",
  "198.18.0.0-198.19.255.255",
  "198.51.100.0-198.51.100.255",
  "203.0.113.0-203.0.113.255",
  "224.0.0.0-255.255.255.255",
  // Not from `::`: coturn takes a range that starts there for one that holds every IPv4 address.
  "::1-::ffff:ffff",
  ...["::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16"]
    .concat("fc00::/7", "fe80::/10", "ff00::/8")
    .map(cidrRange)
    .map(({ first, last }) => `${first}-${last}`),
];

const neverPeers: readonly (readonly [AddressRange, string])[] = [
  [cidrRange("127.0.0.0/8"), "the node's loopback addresses"],
  [cidrRange("::1"), "the node's loopback address"],
  [cidrRange("169.254.0.0/16"), "the clouds' metadata services"],
  [cidrRange("fe80::/10"), "link-local addresses"],
  [cidrRange("fd00:ec2::254"), "a cloud's metadata service"],
];
