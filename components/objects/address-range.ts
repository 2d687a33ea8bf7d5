import { BlockList, isIP, isIPv4 } from "node:net";

/** Addresses from `first` to `last`, both included, of one family. */
export interface AddressRange {
  readonly first: string;
  readonly last: string;
}

/**
 * The range that a CIDR block covers: `10.42.0.0/16` is 10.42.0.0 to 10.42.255.255. A plain address is a range of one.
 *
 * @throws Error for what is no CIDR block
 */
export function cidrRange(cidr: string): AddressRange {
  const [address = "", length] = cidr.split("/");
  const bits = isIPv4(address) ? 32 : 128;
  const prefix = length === undefined ? bits : Number(length);
  if (isIP(address) === 0 || !/^\d+$/.test(length ?? "0") || prefix > bits) throw new Error(`${cidr} is no CIDR block`);
  const host = (1n << BigInt(bits - prefix)) - 1n;
  const first = (addressNumber(address) / (host + 1n)) * (host + 1n);
  return { first: addressText(first, bits), last: addressText(first + host, bits) };
}

/** True when the two ranges have an address in common; ranges of different families never have. */
export function overlap(a: AddressRange, b: AddressRange): boolean {
  return contains(a, b.first) || contains(b, a.first);
}

function contains({ first, last }: AddressRange, address: string): boolean {
  if (isIP(first) !== isIP(address)) return false;
  const family = isIPv4(first) ? "ipv4" : "ipv6";
  const list = new BlockList();
  list.addRange(first, last, family);
  return list.check(address, family);
}

function addressNumber(address: string): bigint {
  if (isIPv4(address)) return address.split(".").reduce((number, byte) => (number << 8n) | BigInt(byte), 0n);
  const [head = "", tail] = address.split("::");
  const left = groups(head);
  const right = tail === undefined ? [] : groups(tail);
  const middle = Array.from({ length: 8 - left.length - right.length }, () => 0n);
  return [...left, ...middle, ...right].reduce((number, group) => (number << 16n) | group, 0n);
}

// The last 32 bits may be written as an IPv4 address.
function groups(part: string): bigint[] {
  return part
    .split(":")
    .filter((group) => group !== "")
    .flatMap((group) => {
      if (!group.includes(".")) return [BigInt(`0x${group}`)];
      const number = addressNumber(group);
      return [number >> 16n, number & 0xffffn];
    });
}

function addressText(number: bigint, bits: number): string {
  const width = bits === 32 ? 8 : 16;
  const parts = Array.from({ length: bits / width }, (_, index) => {
    const part = (number >> BigInt(bits - width * (index + 1))) & ((1n << BigInt(width)) - 1n);
    return part.toString(bits === 32 ? 10 : 16);
  });
  return parts.join(bits === 32 ? "." : ":");
}
