/**
 * bcrypt (Provos and Mazieres, 1999) for `RandomPassword.bcryptHash`. Only what state needs is here: hashing at cost 10 and nothing to
 * verify logins with. Blowfish's tables are the fraction of pi, so they are computed instead of listed.
 */
import { randomBytes } from "node:crypto";

const rounds = 16;
const subkeys = rounds + 2;
const boxWords = 4 * 256;
const alphabet = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** `$2a$COST$` + salt + hash. As in the official plugin, only the first 72 bytes of the password count. */
export function bcryptHash(password: string, cost = 10, salt: Buffer = randomBytes(16)): string {
  const key = Buffer.concat([Buffer.from(password, "utf8").subarray(0, 72), Buffer.from([0])]).subarray(0, 72);
  const state = initialState();
  expand(state, words(key, subkeys), words(salt, 4));
  const keyWords = words(key, subkeys);
  const saltWords = words(salt, subkeys);
  for (let round = 0; round < 2 ** cost; round++) {
    expand(state, keyWords, noSalt);
    expand(state, saltWords, noSalt);
  }
  const text = Buffer.from("OrpheanBeholderScryDoubt");
  const block = words(text, 6);
  for (let half = 0; half < 6; half += 2) {
    for (let pass = 0; pass < 64; pass++) encrypt(state, block, half);
  }
  const hash = Buffer.alloc(24);
  block.forEach((word, index) => hash.writeUInt32BE(word >>> 0, index * 4));
  const prefix = `$2a$${String(cost).padStart(2, "0")}$`;
  return prefix + encode(salt) + encode(hash.subarray(0, 23));
}

/** Subkeys, then the four S-boxes, in one array. */
type State = Int32Array;

const noSalt = new Int32Array(4);
let piWords: Int32Array | undefined;

function initialState(): State {
  piWords ??= fractionOfPi(subkeys + boxWords);
  return Int32Array.from(piWords);
}

function expand(state: State, key: Int32Array, salt: Int32Array): void {
  for (let index = 0; index < subkeys; index++) state[index] = at(state, index) ^ at(key, index);
  const block = new Int32Array(2);
  for (let index = 0; index < state.length; index += 2) {
    block[0] = at(block, 0) ^ at(salt, index & 3);
    block[1] = at(block, 1) ^ at(salt, (index + 1) & 3);
    encrypt(state, block, 0);
    state[index] = at(block, 0);
    state[index + 1] = at(block, 1);
  }
}

/** One Blowfish block of two words at `offset`, in place. */
function encrypt(state: State, block: Int32Array, offset: number): void {
  let left = at(block, offset);
  let right = at(block, offset + 1);
  for (let round = 0; round < rounds; round += 2) {
    left ^= at(state, round);
    right ^= mix(state, left) ^ at(state, round + 1);
    left ^= mix(state, right);
  }
  block[offset] = right ^ at(state, rounds + 1);
  block[offset + 1] = left ^ at(state, rounds);
}

function mix(state: State, word: number): number {
  const sum = (at(state, subkeys + (word >>> 24)) + at(state, subkeys + 256 + ((word >>> 16) & 255))) | 0;
  return ((sum ^ at(state, subkeys + 512 + ((word >>> 8) & 255))) + at(state, subkeys + 768 + (word & 255))) | 0;
}

/** Indexes here are within bounds by construction. */
function at(array: Int32Array, index: number): number {
  return array[index] as number;
}

/** Big-endian words from the bytes, repeated as often as needed. */
function words(bytes: Buffer, count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, word) =>
    [0, 1, 2, 3].reduce((value, byte) => (value << 8) | (bytes[(word * 4 + byte) % bytes.length] ?? 0), 0),
  );
}

/** The first `count` words after the point of pi, by Machin's formula with spare bits against rounding. */
function fractionOfPi(count: number): Int32Array {
  const spareBits = 64n;
  const one = 1n << (BigInt(count) * 32n + spareBits);
  const fraction = (4n * (4n * inverseTangent(5n, one) - inverseTangent(239n, one)) - 3n * one) >> spareBits;
  const hex = fraction.toString(16).padStart(count * 8, "0");
  return Int32Array.from({ length: count }, (_, word) => parseInt(hex.slice(word * 8, word * 8 + 8), 16));
}

/** arctan(1/x), scaled by `one`. */
function inverseTangent(x: bigint, one: bigint): bigint {
  let power = one / x;
  let sum = power;
  for (let divisor = 3n; power !== 0n; divisor += 2n) {
    power /= -(x * x);
    sum += power / divisor;
  }
  return sum;
}

/** bcrypt's own base64: another alphabet, no padding. */
function encode(bytes: Buffer): string {
  let text = "";
  for (let index = 0; index < bytes.length; index += 3) {
    const chunk = bytes.subarray(index, index + 3);
    const bits = ((chunk[0] ?? 0) << 16) | ((chunk[1] ?? 0) << 8) | (chunk[2] ?? 0);
    for (let sextet = 0; sextet <= chunk.length; sextet++) text += alphabet.charAt((bits >>> (18 - 6 * sextet)) & 63);
  }
  return text;
}
