import { createHmac, randomBytes } from "node:crypto";
import { isIPv4 } from "node:net";

// RFC 8489 (STUN) and RFC 8656 (TURN).
const cookie = 0x2112a442;

export const methods = {
  binding: 0x001,
  allocate: 0x003,
  refresh: 0x004,
  createPermission: 0x008,
  data: 0x007,
} as const;

export const attributes = {
  username: 0x0006,
  messageIntegrity: 0x0008,
  errorCode: 0x0009,
  lifetime: 0x000d,
  xorPeerAddress: 0x0012,
  data: 0x0013,
  realm: 0x0014,
  nonce: 0x0015,
  xorRelayedAddress: 0x0016,
  requestedTransport: 0x0019,
  xorMappedAddress: 0x0020,
} as const;

export interface StunMessage {
  readonly method: number;
  readonly isSuccess: boolean;
  /** Sent without a request: data that came to a relay. */
  readonly isIndication: boolean;
  readonly transaction: string;
  readonly attributes: ReadonlyMap<number, Buffer>;
}

export type Attribute = readonly [type: number, value: Buffer];

/** A request; with a key its last attribute is the proof that the sender knows it. */
export function stunRequest(
  method: number,
  values: readonly Attribute[] = [],
  key?: Buffer,
): { readonly bytes: Buffer; readonly transaction: string } {
  const transaction = randomBytes(12);
  const body = Buffer.concat(values.map(encoded));
  const plain = Buffer.concat([header(method, body.length, transaction), body]);
  if (!key) return { bytes: plain, transaction: transaction.toString("hex") };
  // The proof is over a header that counts it already.
  const counted = Buffer.concat([header(method, body.length + 24, transaction), body]);
  const proof = createHmac("sha1", key).update(counted).digest();
  const bytes = Buffer.concat([counted, encoded([attributes.messageIntegrity, proof])]);
  return { bytes, transaction: transaction.toString("hex") };
}

/** Reads an answer; undefined for what is none. */
export function stunAnswer(bytes: Buffer): StunMessage | undefined {
  if (bytes.length < 20 || bytes.readUInt32BE(4) !== cookie) return undefined;
  const type = bytes.readUInt16BE(0);
  const found = new Map<number, Buffer>();
  const end = Math.min(bytes.length, 20 + bytes.readUInt16BE(2));
  for (let at = 20; at + 4 <= end;) {
    const length = bytes.readUInt16BE(at + 2);
    if (at + 4 + length > end) break;
    const name = bytes.readUInt16BE(at);
    if (!found.has(name)) found.set(name, bytes.subarray(at + 4, at + 4 + length));
    at += 4 + Math.ceil(length / 4) * 4;
  }
  return {
    // The class stands in two bits in the middle of the type.
    method: (type & 0x000f) | ((type & 0x00e0) >> 1) | ((type & 0x3e00) >> 2),
    isSuccess: (type & 0x0110) === 0x0100,
    isIndication: (type & 0x0110) === 0x0010,
    transaction: bytes.subarray(8, 20).toString("hex"),
    attributes: found,
  };
}

/** `[401, "Unauthorized"]` of an answer that refuses. */
export function errorOf({ attributes: found }: StunMessage): readonly [number, string] {
  const value = found.get(attributes.errorCode);
  if (!value || value.length < 4) return [0, "no reason"];
  return [((value[2] ?? 0) & 7) * 100 + (value[3] ?? 0), value.subarray(4).toString("utf8").slice(0, 100)];
}

/** An IPv4 peer, as TURN writes it. */
export function peerAttribute(address: string, port: number): Attribute {
  if (!isIPv4(address)) throw new Error(`${address} is no IPv4 address`);
  const value = Buffer.alloc(8);
  value.writeUInt8(1, 1);
  value.writeUInt16BE(port ^ (cookie >>> 16), 2);
  const number = Buffer.from(address.split(".").map(Number)).readUInt32BE(0);
  value.writeUInt32BE((number ^ cookie) >>> 0, 4);
  return [attributes.xorPeerAddress, value];
}

/** An IPv4 address and port that a server tells; undefined where it tells none. */
export function addressIn(
  { attributes: found }: StunMessage,
  name: number,
): { readonly address: string; readonly port: number } | undefined {
  const value = found.get(name);
  if (value?.length !== 8 || value[1] !== 1) return undefined;
  const number = Buffer.alloc(4);
  number.writeUInt32BE((value.readUInt32BE(4) ^ cookie) >>> 0, 0);
  return { address: [...number].join("."), port: value.readUInt16BE(2) ^ (cookie >>> 16) };
}

function header(method: number, length: number, transaction: Buffer): Buffer {
  const start = Buffer.alloc(8);
  // A request has the class 0, and all methods used here are below 16.
  start.writeUInt16BE(method, 0);
  start.writeUInt16BE(length, 2);
  start.writeUInt32BE(cookie, 4);
  return Buffer.concat([start, transaction]);
}

function encoded([type, value]: Attribute): Buffer {
  const start = Buffer.alloc(4);
  start.writeUInt16BE(type, 0);
  start.writeUInt16BE(value.length, 2);
  return Buffer.concat([start, value, Buffer.alloc((4 - (value.length % 4)) % 4)]);
}
